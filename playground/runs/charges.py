"""What a run is charged: the provider's own count at the admitted price, and an estimate where it gave none."""

from dataclasses import dataclass
from operator import itemgetter

from playground.catalog import pricing
from playground.gateway.types import Usage
from playground.runs.models import Run
from playground.runs.outcomes import Outcome

# Few texts have fewer bytes to a token.
BYTES_PER_TOKEN = 3


@dataclass(frozen=True)
class Charge:
    usage: Usage
    price: dict[str, int]
    cost: int
    is_estimated: bool


def charge_for(run: Run, outcome: Outcome) -> Charge:
    """At the price of the deployment that answered; at the dearest that was admitted where that is not known."""
    is_estimated = outcome.usage is None or not outcome.finish_reason
    usage = _estimated_usage(run, outcome) if is_estimated or outcome.usage is None else outcome.usage
    prices = run.prices
    if outcome.target and outcome.target.key in prices:
        prices = {outcome.target.key: prices[outcome.target.key]}
    costs = [(pricing.cost(price, usage, images=run.image_count), price) for price in prices.values()]
    cost, price = max(costs, key=itemgetter(0))
    return Charge(usage, price, cost, is_estimated)


def _estimated_usage(run: Run, outcome: Outcome) -> Usage:
    """All the input that it can have been, and the output that was received."""
    received = len((outcome.text + outcome.reasoning).encode()) // BYTES_PER_TOKEN + 1
    known = outcome.usage or Usage()
    return Usage(
        input_tokens=known.input_tokens or run.input_token_bound,
        output_tokens=min(max(received, known.output_tokens), run.max_output_tokens),
        cached_tokens=known.cached_tokens,
        reasoning_tokens=known.reasoning_tokens,
        cache_write_tokens=known.cache_write_tokens,
    )


def tokens(usage: Usage) -> dict[str, int]:
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_tokens": usage.cached_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
    }
