"""What every adapter shares: the way from an HTTP answer to our events."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from itertools import groupby
from typing import Protocol

import httpx2
import jiter

from playground.gateway.errors import Broken, TimedOut, Transient
from playground.gateway.guard import Guard
from playground.gateway.pace import pace
from playground.gateway.providers.clock import Clock
from playground.gateway.providers.sse import Decoder
from playground.gateway.providers.told import told_by
from playground.gateway.types import Delta, Event, Finish, FinishReason, Limits, ReasoningDelta, ToolCallDelta, Usage

# Our clock ends a wait; the HTTP library's own limits would say the same less exactly.
NO_TIMEOUT = httpx2.Timeout(None)
# One process holds hundreds of streams; an idle connection is dropped before a provider is likely to have closed it.
POOL = httpx2.Limits(max_connections=5000, max_keepalive_connections=200, keepalive_expiry=15)
CONNECT_SECONDS = 10.0
LIST_SECONDS = 15.0
# Bytes at once that are not waited for in between: a provider this fast is read as fast as it writes.
MUCH = 8192
AFTER_FINISH = 5.0  # the answer is whole: its usage is worth a few seconds, not the idle limit


class Response(Protocol):
    """What both SDKs' raw answers offer."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    def iter_bytes(self) -> AsyncIterator[bytes]: ...


class Reading(Protocol):
    """One answer while it is read: turns each message of the wire into events, and notes why it finished."""

    finish: FinishReason | None
    done: bool

    def read(self, message: dict[str, object]) -> Iterable[Event]: ...


async def answer(
    ask: Callable[[], AbstractAsyncContextManager[Response]],
    reading: Reading,
    limits: Limits,
    translated: Callable[[], AbstractContextManager[None]],
    *,
    max_output_tokens: int,
) -> AsyncIterator[Event]:
    """Open, read and close one answer. `translated` is the adapter's only border for foreign errors.

    It ends with Finish("length") when a provider ignores `max_output_tokens`.
    """
    clock, guard, beat = Clock(total=limits.total), Guard(max_output_tokens), pace()
    is_accepted = flows = False
    try:
        with translated():
            opening = ask()
            response = await clock.wait(opening.__aenter__(), limits.first_byte)
            is_accepted = True
            try:
                _check_kind(response)
                if told := told_by(response.headers):
                    yield told
                decoder, chunks, patience = Decoder(), response.iter_bytes(), limits.first_byte
                while not reading.done:
                    chunk = await clock.wait(anext(chunks, None), patience)
                    if chunk is None:
                        break
                    for event in _read(chunk, decoder, reading, guard):
                        yield event
                        flows = flows or isinstance(event, Delta | ReasoningDelta | ToolCallDelta)
                    if reading.finish is not None:
                        patience = AFTER_FINISH
                    else:
                        patience = limits.idle
                        if flows and len(chunk) < MUCH:  # the first word is not kept waiting
                            await clock.wait(beat.wait(), patience)
            finally:
                await opening.__aexit__(None, None, None)
    except Transient as error:
        # Whoever says that it failed counts nothing; who falls silent may.
        error.was_accepted = is_accepted and isinstance(error, Broken | TimedOut)
        if reading.finish is None:
            raise  # otherwise only what follows the last word was lost
    finally:
        clock.stop()
    if reading.finish is None:
        raise Broken("ended without a finish reason", was_accepted=True)
    yield Finish(reading.finish, by_us=guard.has_cut)


def _check_kind(response: Response) -> None:
    kind = response.headers.get("content-type", "")
    if kind.startswith(("application/json", "text/html")):
        raise Broken(f"not a stream but {kind[:40]}")


def _read(chunk: bytes, decoder: Decoder, reading: Reading, guard: Guard) -> Iterator[Event]:
    """Text that came at once is one event: all that follows costs by the event. What came before an error is told."""
    events: list[Event] = []
    try:
        _collect(events, chunk, decoder, reading, guard)
    finally:
        for kind, same in groupby(events, type):
            if issubclass(kind, Delta | ReasoningDelta):
                yield kind("".join(event.text for event in same if isinstance(event, kind)))
            else:
                yield from same


def _collect(events: list[Event], chunk: bytes, decoder: Decoder, reading: Reading, guard: Guard) -> None:
    for data in decoder.feed(chunk):
        if data == b"[DONE]":
            reading.done = True
            return
        for event in reading.read(parsed(data)):
            if not guard.admits(event):
                events += guard.usage()
                reading.finish, reading.done = "length", True
                return
            events.append(event)


def parsed(data: bytes) -> dict[str, object]:
    try:
        message = jiter.from_json(data)
    except ValueError:
        raise Broken("not JSON") from None
    if not isinstance(message, dict):
        raise Broken("not a JSON object")
    return message


# --- What a message of the wire may lack, or hold in the wrong type ---------------------------------------------------


def part(message: Mapping[str, object], name: str) -> dict[str, object]:
    value = message.get(name)
    return value if isinstance(value, dict) else {}


def text(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def count(message: Mapping[str, object], name: str) -> int:
    value = message.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0


def usage(*, input_tokens: int, output_tokens: int, cached: int, reasoning: int, cache_write: int = 0) -> Usage:
    """The parts are never more than their whole, whatever the provider says."""
    cached = min(cached, input_tokens)
    return Usage(
        input_tokens, output_tokens, cached, min(reasoning, output_tokens), min(cache_write, input_tokens - cached)
    )
