"""How the tests of the gateway ask."""

import asyncio
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any

from playground.gateway import router
from playground.gateway.types import (
    ChatRequest,
    Delta,
    EmbeddingRequest,
    Event,
    Finish,
    Limits,
    Manner,
    ReasoningDelta,
    Route,
    Target,
    Turn,
    Usage,
)
from tests.fake_provider import FakeProvider

# The clouds' kinds need an extra each; where it is not installed they are not asked.
EXTRAS = {"anthropic_bedrock": "boto3", "anthropic_vertex": "google.oauth2"}


def is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


KINDS = [
    "openai",
    "openai_compatible",
    "azure_openai",
    "anthropic",
    *(k for k, name in EXTRAS.items() if is_installed(name)),
]
LISTING = ["openai", "openai_compatible", "anthropic"]
PATIENT = Limits(first_byte=20, idle=20, total=60)
# Who is told "too many" without a time waits no longer than this.
HURRIED = Manner(patience=1.0)
QUICK = Limits(first_byte=0.5, idle=0.5, total=20)


def question(text: str = "Hello", **more: Any) -> ChatRequest:
    return ChatRequest(**{"turns": (Turn("user", text),), "max_output_tokens": 1000, **more})


def stream(
    *targets: Target, request: ChatRequest | EmbeddingRequest | None = None, limits: Limits = PATIENT
) -> AsyncIterator[Event]:
    return router.stream(Route(targets), request or question(), limits=limits, manner=HURRIED)


async def ask(*targets: Target, request: ChatRequest | None = None, limits: Limits = PATIENT) -> list[Event]:
    return [event async for event in stream(*targets, request=request, limits=limits)]


async def read_into(events: list[Event], target: Target) -> None:
    """For an answer that breaks: what came before is in `events`."""
    async for event in stream(target):
        events.append(event)


async def idle(fake_provider: FakeProvider) -> None:
    """Fails unless the provider sees every connection closed in time. In a thread: our loop has to do the closing."""
    await asyncio.to_thread(fake_provider.wait_until_idle)


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


def thought_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, ReasoningDelta))


def usage_of(events: list[Event]) -> Usage:
    return [event for event in events if isinstance(event, Usage)][-1]


def finish_of(events: list[Event]) -> str:
    assert isinstance(events[-1], Finish)
    return events[-1].reason
