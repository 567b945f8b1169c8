"""One question along a route: the next target when one fails before the first token."""

from collections.abc import AsyncIterator

from playground.gateway.types import ChatRequest, Event, Limits, Route


def stream(route: Route, request: ChatRequest, *, limits: Limits) -> AsyncIterator[Event]:
    """Ask the targets in order until one begins to answer; then its events.

    Yields AttemptStarted before each provider call, AttemptFailed after one that brought nothing, then Delta,
    ReasoningDelta and Usage, and Finish last. Raises a GatewayError when no target answered or the stream broke;
    cancelling the consuming task closes the provider's connection.
    """
    raise NotImplementedError
