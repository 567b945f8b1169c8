"""The adapters, by kind. Named as strings: a web process that knows the kinds must not pay for the SDKs."""

from collections.abc import AsyncIterator, Iterable
from importlib import import_module
from typing import Protocol, cast

from playground.gateway.types import ChatRequest, EmbeddingRequest, Event, Limits, Target

KINDS = {
    "openai": "playground.gateway.providers.openai",
    "azure_openai": "playground.gateway.providers.azure_openai",
    "openai_compatible": "playground.gateway.providers.openai_compatible",
    "anthropic": "playground.gateway.providers.anthropic",
    "anthropic_bedrock": "playground.gateway.providers.anthropic_bedrock",
    "anthropic_vertex": "playground.gateway.providers.anthropic_vertex",
}


class Adapter(Protocol):
    """What each of those modules offers."""

    def stream(self, target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
        """Ask once. Yields Delta, ReasoningDelta, ToolCallDelta and Usage, then Finish.

        Raises nothing but a GatewayError.
        """

    def embed(self, target: Target, request: EmbeddingRequest, limits: Limits) -> AsyncIterator[Event]:
        """Ask once. Yields Vectors and Usage, then Finish; raises nothing but a GatewayError."""

    async def list_models(self, target: Target) -> list[str]:
        """The names the provider offers under this credential; none where it has no such list.

        Raises nothing but a GatewayError.
        """


def load(kinds: Iterable[str]) -> None:
    """Import the adapters of these kinds, where waiting for it holds nobody up: it takes up to two seconds a SDK."""
    for kind in kinds:
        if kind in KINDS:
            adapter(kind)


def adapter(kind: str) -> Adapter:
    """The module that speaks this provider's language; its SDK is imported on the first call."""
    return cast(Adapter, import_module(KINDS[kind]))
