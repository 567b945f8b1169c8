"""What a run may cost at most, and what it did cost: integer micro-units, rounded up.

Prices are micro-units per million tokens, so that one token of a model at $3 a million costs 3 micro-units.
"""

import json
from collections.abc import Iterator, Mapping

from django.db.models.functions import Now

from playground.catalog.access import served_deployments
from playground.catalog.models import Model, Price
from playground.gateway.types import ChatRequest, EmbeddingRequest, Text, ToolCall, ToolResult, Turn, Usage

PER = 1_000_000

# Providers wrap every turn, and the whole, in a few tokens of their own.
TOKENS_PER_TURN = 16
TOKENS_PER_REQUEST = 64
# A picture of the largest size that is not made smaller, at the vendor that counts the most for one.
TOKENS_PER_IMAGE = 50_000
# The words around the functions that a vendor adds on its own.
TOKENS_FOR_FUNCTIONS = 1_000


def input_bound(request: ChatRequest | EmbeddingRequest) -> int:
    """The most tokens a provider can count for `request`.

    A byte-level tokenizer never makes more tokens than there are UTF-8 bytes; turns, parts and the whole add constants.
    """
    if isinstance(request, EmbeddingRequest):
        sizes = [_bytes(one) if isinstance(one, str) else len(one) for one in request.inputs]
        return sum(sizes) + TOKENS_PER_TURN * len(sizes)
    texts = [request.system, *(text for turn in request.turns for text in _texts(turn))]
    if request.schema is not None:
        texts.append(json.dumps(request.schema))
    texts += [f"{one.name}{one.description}{json.dumps(one.parameters)}" for one in request.tools]
    wrapped = 1 + len(request.tools) + sum(len(turn.parts) for turn in request.turns)
    functions = TOKENS_FOR_FUNCTIONS if request.tools else 0
    size = sum(_bytes(text) for text in texts) + TOKENS_PER_IMAGE * request.images + functions
    return size + TOKENS_PER_TURN * wrapped + TOKENS_PER_REQUEST


def _texts(turn: Turn) -> Iterator[str]:
    for part in turn.parts:
        match part:
            case Text():
                yield part.text
            case ToolCall():
                yield f"{part.id}{part.name}{part.arguments}"
            case ToolResult():
                yield f"{part.call_id}{part.content}"


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def prices_for(model: Model) -> dict[str, dict[str, int]]:
    """The prices in force now, by deployment key: {"7": {"id": 3, "input": …, "output": …, "cached_input": …}}."""
    prices = (
        Price.objects.filter(deployment__in=served_deployments().filter(model=model), effective_from__lte=Now())
        .order_by("deployment_id", "-effective_from", "-id")
        .distinct("deployment_id")
    )
    return {
        str(price.deployment_id): {
            "id": price.pk,
            "input": price.input,
            "output": price.output,
            "cached_input": price.cached_input,
        }
        for price in prices
    }


def worst_cost(prices: Mapping[str, Mapping[str, int]], *, input_tokens: int, output_tokens: int) -> int:
    """The dearest that any of the deployments could charge."""
    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
    return max((cost(price, usage) for price in prices.values()), default=0)


def cost(price: Mapping[str, int], usage: Usage) -> int:
    """What `usage` costs at one deployment's price."""
    cached = min(usage.cached_tokens, usage.input_tokens)
    fresh = usage.input_tokens - cached
    total = fresh * price["input"] + cached * price["cached_input"] + usage.output_tokens * price["output"]
    return -(-total // PER)
