"""Which models does a provider list? Asked when one is added, never while a person waits for an answer."""

import asyncio

from playground.gateway.providers import adapter
from playground.gateway.providers.clients import close_clients
from playground.gateway.types import Target


def list_models(target: Target) -> list[str]:
    """The provider's own model names. `target.model` is not looked at. Raises a GatewayError."""
    return asyncio.run(_list_models(target))


async def _list_models(target: Target) -> list[str]:
    try:
        return await adapter(target.kind).list_models(target)
    finally:
        await close_clients()
