"""One question along a route, to the first place that is free and answers."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from playground.gateway.errors import GatewayError
from playground.gateway.health import cooling_for
from playground.gateway.limits import Granted, Held, RateLimiter, Result
from playground.gateway.limits_memory import MemoryLimiter
from playground.gateway.providers import adapter
from playground.gateway.providers.clients import close_clients
from playground.gateway.types import (
    AttemptFailed,
    AttemptStarted,
    ChatRequest,
    Delta,
    EmbeddingRequest,
    Event,
    Limits,
    Manner,
    ReasoningDelta,
    Restarted,
    Route,
    Told,
    ToolCallDelta,
    Usage,
    Waiting,
)
from playground.gateway.way import Way

__all__ = ["close_clients", "stream"]

AT_ONCE = Manner()


async def stream(
    route: Route,
    request: ChatRequest | EmbeddingRequest,
    *,
    limits: Limits,
    manner: Manner = AT_ONCE,
    limiter: RateLimiter | None = None,
) -> AsyncIterator[Event]:
    """Ask until one place begins to answer; then its events.

    Yields Waiting while no place is free, AttemptStarted before each provider call, AttemptFailed after one that
    brought nothing or broke off, Restarted where the answer begins anew; what the adapter yields (see
    providers.Adapter), and Finish last. Raises a GatewayError when no place answered or the stream broke; cancelling
    the consuming task closes the provider's connection. Usage counts within its attempt.
    """
    limiter = limiter or MemoryLimiter()
    way = Way(route, manner, limiter, seconds=limits.total, first_byte=limits.first_byte)
    broken = ""
    try:
        while True:
            granted = await way.next()
            if isinstance(granted, Held):
                yield Waiting(granted.seconds, granted.ahead)
                await way.wait(granted)
                continue
            if broken:
                yield Restarted(broken)
                broken = ""
            yield AttemptStarted(granted.target, way.number, *way.instead_of(granted))
            call = _Call(granted, limiter)
            try:
                async with aclosing(_ask(granted, request, limits.at(granted.target, left=way.left))) as events:
                    async for event in events:
                        if type(event) is not Delta or not call.has_begun:
                            await call.note(event)
                        yield event
                call.end(None)
                return
            except GatewayError as error:
                call.end(error)
                was_accepted = error.was_accepted or call.has_begun
                yield AttemptFailed(granted.target, way.number, error.code, was_accepted)
                if call.has_begun and not manner.may_restart():
                    raise
                way.failed(granted.target, error, has_begun=call.has_begun, was_accepted=was_accepted)
                broken = error.code if call.has_begun else broken
            finally:
                await limiter.give_back(granted, call.result)
    finally:
        await way.leave()


def _ask(granted: Granted, request: ChatRequest | EmbeddingRequest, limits: Limits) -> AsyncGenerator[Event, None]:
    target = granted.target
    if isinstance(request, EmbeddingRequest):
        return cast("AsyncGenerator[Event, None]", adapter(target.kind).embed(target, request, limits))
    if target.max_output_tokens and target.max_output_tokens < request.max_output_tokens:
        request = replace(request, max_output_tokens=target.max_output_tokens)
    return cast("AsyncGenerator[Event, None]", adapter(target.kind).stream(target, request, limits))


class _Call:
    """One provider call, for the limiter. Of a call that is left, nothing is known."""

    def __init__(self, granted: Granted, limiter: RateLimiter) -> None:
        self.has_begun = False
        self.result = Result(is_fine=None)
        self._granted = granted
        self._limiter = limiter
        self._began = time.monotonic()
        self._first_token: float | None = None
        self._usage: Usage | None = None

    async def note(self, event: Event) -> None:
        if isinstance(event, Usage):
            self._usage = event
        elif isinstance(event, Told):
            await self._limiter.tell(self._granted.target, event)
        elif isinstance(event, Delta | ReasoningDelta | ToolCallDelta) and not self.has_begun:
            self.has_begun = True
            self._first_token = time.monotonic() - self._began
            if self._granted.is_probe:
                await self._limiter.begun(self._granted)

    def end(self, error: GatewayError | None) -> None:
        cooling = cooling_for(error) if error else None
        used = self._usage.input_tokens + self._usage.output_tokens if self._usage else None
        if error and not (self.has_begun or self._usage or error.was_accepted):
            used = 0
        seconds = time.monotonic() - self._began
        self.result = Result(cooling is None, cooling, used, self._first_token, seconds)
