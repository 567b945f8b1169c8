"""What a run may cost at most, and what it did cost: integer micro-units, rounded up.

Prices are micro-units per million tokens, so that one token of a model at $3 a million costs 3 micro-units.
"""

import json
from collections.abc import Callable, Iterator, Mapping

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from playground.catalog.access import served_deployments
from playground.catalog.models import Fallback, Model, Price
from playground.catalog.tokens import bound
from playground.database.compiled import Compiled
from playground.gateway.types import ChatRequest, EmbeddingRequest, Text, ToolCall, ToolResult, Turn, Usage

PER = 1_000_000

# Providers wrap every turn, and the whole, in a few tokens of their own; a schema comes with a page of instructions.
TOKENS_PER_TURN = 16
TOKENS_PER_REQUEST = 64
TOKENS_PER_SCHEMA = 512
# The words around the functions that a vendor adds on its own.
TOKENS_FOR_FUNCTIONS = 1_000
# A picture of the largest size that is not made smaller, at the vendor that counts the most for one.
TOKENS_PER_IMAGE = 50_000

# A price as it is admitted and kept in the run: numbers by the names of `Price`. What is not there costs as its whole.
Parts = Mapping[str, int]


def texts_of(request: ChatRequest) -> list[str]:
    """All that a provider counts tokens of."""
    texts = [request.system, *(text for turn in request.turns for text in _words(turn))]
    texts += [f"{one.name}\n{one.description}\n{json.dumps(one.parameters)}" for one in request.tools]
    return [*texts, json.dumps(request.schema)] if request.schema is not None else texts


def _words(turn: Turn) -> Iterator[str]:
    for part in turn.parts:
        match part:
            case Text():
                yield part.text
            case ToolCall():
                yield f"{part.id}\n{part.name}\n{part.arguments}"
            case ToolResult():
                yield f"{part.call_id}\n{part.content}"


def input_bound(request: ChatRequest | EmbeddingRequest) -> int:
    """The most tokens a provider can count for `request`."""
    if isinstance(request, EmbeddingRequest):
        sizes = [bound(one) if isinstance(one, str) else len(one) for one in request.inputs]
        return sum(sizes) + TOKENS_PER_TURN * len(sizes)
    parts = sum(len(turn.parts) for turn in request.turns) + len(request.tools)
    wrapping = TOKENS_PER_TURN * (parts + 1) + TOKENS_PER_REQUEST
    if request.schema is not None:
        wrapping += TOKENS_PER_SCHEMA
    if request.tools:
        wrapping += TOKENS_FOR_FUNCTIONS
    return sum(bound(text) for text in texts_of(request)) + wrapping + TOKENS_PER_IMAGE * request.images


# Asked for every run.
_prices = Compiled(
    lambda model: (
        Price.objects.filter(
            deployment__in=served_deployments().filter(
                Q(model=model) | Q(model__in=Fallback.objects.filter(model=model).values("to_model"))
            ),
            effective_from__lte=Now(),
        )
        .annotate(of_model=F("deployment__model"))
        .order_by("deployment_id", "-effective_from", "-id")
        .distinct("deployment_id")
    )
)


def prices_for(model: Model, *, fallbacks: Callable[[], QuerySet[Model]] | None = None) -> dict[str, dict[str, int]]:
    """The prices in force now, by deployment key: {"7": {"id": 3, "input": …, "output": …, …}}.

    With those of the models that may answer instead. They are asked for only where a model has any: few have.
    """
    found = [(price, price.of_model) for price in _prices(model.pk)]  # type: ignore[attr-defined]
    meant = {model.pk}
    if fallbacks is not None and any(of_model != model.pk for _price, of_model in found):
        meant.update(fallbacks().values_list("pk", flat=True))
    return {str(price.deployment_id): parts(price) for price, of_model in found if of_model in meant}


def parts(price: Price) -> dict[str, int]:
    return {
        "id": price.pk,
        "input": price.input,
        "output": price.output,
        "cached_input": price.cached_input,
        "cache_write": price.input if price.cache_write is None else price.cache_write,
        "reasoning": price.output if price.reasoning is None else price.reasoning,
        "image": price.image,
    }


def worst_cost(prices: Mapping[str, Parts], *, input_tokens: int, output_tokens: int, images: int = 0) -> int:
    """The dearest that any of the deployments could charge: every token at the highest price it can have."""
    return max((_worst(price, input_tokens, output_tokens, images) for price in prices.values()), default=0)


def _worst(price: Parts, input_tokens: int, output_tokens: int, images: int) -> int:
    dearest_input = max(price[name] for name in ("input", "cached_input", "cache_write") if name in price)
    dearest_output = max(price["output"], price.get("reasoning", 0))
    return _whole(input_tokens * dearest_input + output_tokens * dearest_output) + images * price.get("image", 0)


def cost(price: Parts, usage: Usage, *, images: int = 0) -> int:
    """What `usage`, and so many images sent, cost at one deployment's price."""
    cached = min(usage.cached_tokens, usage.input_tokens)
    written = min(usage.cache_write_tokens, usage.input_tokens - cached)
    thought = min(usage.reasoning_tokens, usage.output_tokens)
    total = (
        (usage.input_tokens - cached - written) * price["input"]
        + cached * price["cached_input"]
        + written * price.get("cache_write", price["input"])
        + (usage.output_tokens - thought) * price["output"]
        + thought * price.get("reasoning", price["output"])
    )
    return _whole(total) + images * price.get("image", 0)


def _whole(amount: int) -> int:
    """Rounded up to a micro-unit."""
    return -(-amount // PER)
