"""Calls outside of any run: which models does a provider list, does it answer. While an admin waits, nobody else."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from playground.gateway.providers import adapter
from playground.gateway.providers.clients import close_clients
from playground.gateway.types import ChatRequest, Delta, Limits, Target, Usage

# Somebody sits in front of the page.
LIMITS = Limits(first_byte=20.0, idle=20.0, total=30.0)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back, and what the provider says it used."""

    text: str
    usage: Usage
    seconds: float


def list_models(target: Target) -> list[str]:
    """The provider's own model names. `target.model` is not looked at. Raises a GatewayError."""
    return _run(adapter(target.kind).list_models(target))


def ask_once(target: Target, request: ChatRequest) -> Heard:
    """One question, without retries. Raises a GatewayError."""
    return _run(_ask(target, request))


async def _ask(target: Target, request: ChatRequest) -> Heard:
    began, texts, usage = time.monotonic(), [], Usage()
    async for event in adapter(target.kind).stream(target, request, LIMITS):
        if isinstance(event, Delta):
            texts.append(event.text)
        elif isinstance(event, Usage):
            usage = event
    return Heard("".join(texts), usage, time.monotonic() - began)


def _run(call: Coroutine[Any, Any, T]) -> T:
    """In a loop of its own: a client belongs to one."""

    async def closing() -> T:
        try:
            return await call
        finally:
            await close_clients()

    return asyncio.run(closing())
