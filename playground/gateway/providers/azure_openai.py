"""OpenAI's models in Azure: chat completions, under the name that a deployment was given there."""

from playground.gateway.providers.openai_compatible import stream
from playground.gateway.types import Target

__all__ = ["list_models", "stream"]


async def list_models(target: Target) -> list[str]:
    """Azure lists what could be deployed, not what is."""
    return []
