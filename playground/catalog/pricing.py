"""What a run may cost at most, and what it did cost: integer micro-units, rounded up.

Prices are micro-units per million tokens, so that one token of a model at $3 a million costs 3 micro-units.
"""

import json
from collections.abc import Mapping

from django.db.models.functions import Now

from playground.catalog.access import served_deployments
from playground.catalog.models import Model, Price
from playground.database.compiled import Compiled
from playground.gateway.types import ChatRequest, Usage

PER = 1_000_000

# Providers wrap every turn, and the whole, in a few tokens of their own.
TOKENS_PER_TURN = 16
TOKENS_PER_REQUEST = 64


def input_bound(request: ChatRequest) -> int:
    """The most tokens a provider can count for `request`.

    A byte-level tokenizer never makes more tokens than there are UTF-8 bytes; turns and the whole add constants.
    """
    texts = [request.system, *(turn.content for turn in request.turns)]
    if request.schema is not None:
        texts.append(json.dumps(request.schema))
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    return size + TOKENS_PER_TURN * (len(request.turns) + 1) + TOKENS_PER_REQUEST


# Asked for every run.
_prices = Compiled(
    lambda model: (
        Price.objects.filter(deployment__in=served_deployments().filter(model=model), effective_from__lte=Now())
        .order_by("deployment_id", "-effective_from", "-id")
        .distinct("deployment_id")
    )
)


def prices_for(model: Model) -> dict[str, dict[str, int]]:
    """The prices in force now, by deployment key: {"7": {"id": 3, "input": …, "output": …, "cached_input": …}}."""
    return {
        str(price.deployment_id): {
            "id": price.pk,
            "input": price.input,
            "output": price.output,
            "cached_input": price.cached_input,
        }
        for price in _prices(model.pk)
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
