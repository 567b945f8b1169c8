"""One question along a route: the next target when one fails before the first token."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from playground.gateway.errors import BadRequest, ContentRefused, GatewayError, TimedOut, Unreachable
from playground.gateway.guard import within
from playground.gateway.providers import adapter
from playground.gateway.providers.clients import close_clients
from playground.gateway.retry import wait_before_retry
from playground.gateway.types import (
    AttemptFailed,
    AttemptStarted,
    ChatRequest,
    Delta,
    EmbeddingRequest,
    Event,
    Limits,
    ReasoningDelta,
    Route,
    Target,
    ToolCallDelta,
)

__all__ = ["close_clients", "stream"]


async def stream(route: Route, request: ChatRequest | EmbeddingRequest, *, limits: Limits) -> AsyncIterator[Event]:
    """Ask the targets in order until one begins to answer; then its events.

    Yields AttemptStarted before each provider call, AttemptFailed after one that brought nothing, then what the
    adapter yields (see providers.Adapter), and Finish last. Raises a GatewayError when no target answered or the
    stream broke; cancelling the consuming task closes the provider's connection. Usage counts within its attempt.
    """
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + limits.total
    failure: GatewayError = Unreachable("a route without targets")
    number = 0
    for position, target in enumerate(route.targets, start=1):
        may_fall_back = position < len(route.targets)
        retries = 0
        while True:
            left = ends_at - loop.time()
            if left <= 0:
                raise TimedOut("no time is left for another try")
            number += 1
            begun = False
            yield AttemptStarted(target, number)
            try:
                async with aclosing(_ask(target, request, replace(limits, total=left))) as events:
                    async for event in events:
                        begun = begun or isinstance(event, Delta | ReasoningDelta | ToolCallDelta)
                        yield event
                return
            except GatewayError as error:
                if begun:
                    raise
                failure = error
            yield AttemptFailed(target, number, failure.code, failure.was_accepted)
            if isinstance(failure, BadRequest | ContentRefused):
                raise failure  # the same question would be refused by the next one too, or should be
            wait = wait_before_retry(failure, retries=retries, may_fall_back=may_fall_back)
            if wait is None or loop.time() + wait >= ends_at:
                break
            await asyncio.sleep(wait)
            retries += 1
    raise failure


def _ask(target: Target, request: ChatRequest | EmbeddingRequest, limits: Limits) -> AsyncGenerator[Event, None]:
    if isinstance(request, EmbeddingRequest):
        return cast("AsyncGenerator[Event, None]", adapter(target.kind).embed(target, request, limits))
    return within(adapter(target.kind).stream(target, request, limits), request.max_output_tokens)
