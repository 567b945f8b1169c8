"""Stops reading an answer that is longer than was paid for."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from playground.gateway.types import Delta, Event, Finish, ReasoningDelta, ToolCallDelta, Usage

MOST_BYTES_A_TOKEN = 16


async def within(events: AsyncIterator[Event], max_output_tokens: int) -> AsyncGenerator[Event, None]:
    """The events, ended with Finish("length") and a closed connection when a provider ignores its limit.

    Tokens cannot be counted without the model's own tokenizer, so the least that the provider must have spent is
    counted: a piece of text is at least one token, and an answer averages well under sixteen bytes a token in any
    script. Whatever usage the provider itself reports on the way counts too; it is only looked at when more text
    comes, so that an answer which is already whole is never called cut. A usage that came early is completed with what
    is certain by then, or a cut answer would look almost free.
    """
    pieces = size = 0
    usage = None
    async with aclosing(cast("AsyncGenerator[Event, None]", events)):
        async for event in events:
            if isinstance(event, Delta | ReasoningDelta | ToolCallDelta):
                pieces += 1
                text = event.arguments if isinstance(event, ToolCallDelta) else event.text
                size += len(text.encode(errors="replace"))
                reported = usage.output_tokens if usage else 0
                if max(pieces, reported, size // MOST_BYTES_A_TOKEN) > max_output_tokens:
                    if usage:
                        yield replace(usage, output_tokens=max(reported, max_output_tokens))
                    yield Finish("length", by_us=True)
                    return
            elif isinstance(event, Usage):
                usage = event
            yield event
