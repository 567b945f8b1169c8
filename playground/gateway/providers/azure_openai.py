"""OpenAI's models in Azure: chat completions and embeddings, under the name that a deployment was given there."""

from playground.gateway.providers.openai_compatible import embed, stream
from playground.gateway.types import Target

__all__ = ["embed", "list_models", "stream"]


async def list_models(target: Target) -> list[str]:
    """Azure lists what could be deployed, not what is."""
    return []
