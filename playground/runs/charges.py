"""What a run is charged: the provider's own count at the admitted price, and an estimate where it gave none."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from operator import itemgetter

from playground.catalog import pricing
from playground.gateway.types import Target, Usage
from playground.runs.models import Run, RunState
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
    """The answer and every call that was lost before it; of a run that failed there is no answer to pay."""
    asked = Usage(run.input_token_bound)
    lost = [_charge(run, target, known or asked, is_estimated=True) for target, known in outcome.lost]
    charges = lost if outcome.state == RunState.FAILED else [_answer(run, outcome), *lost]
    return Charge(
        usage=_sum(charge.usage for charge in charges),
        price=charges[0].price,
        cost=sum(charge.cost for charge in charges),
        is_estimated=any(charge.is_estimated for charge in charges),
    )


def _answer(run: Run, outcome: Outcome) -> Charge:
    if outcome.usage is None or not outcome.finish_reason or outcome.finished_by_us:
        return _charge(run, outcome.target, _estimated_usage(run, outcome), is_estimated=True)
    return _charge(run, outcome.target, outcome.usage, is_estimated=False)


def _charge(run: Run, target: Target | None, usage: Usage, *, is_estimated: bool) -> Charge:
    """At the price of the deployment that was asked; at the dearest that was admitted where that is not known."""
    prices = run.prices
    if target and target.key in prices:
        prices = {target.key: prices[target.key]}
    costs = [(pricing.cost(price, usage, images=run.image_count), price) for price in prices.values()]
    cost, price = max(costs, key=itemgetter(0))
    return Charge(usage, price, cost, is_estimated)


def _sum(usages: Iterable[Usage]) -> Usage:
    return Usage(*(sum(column) for column in zip(*map(astuple, usages), strict=True)))


def _estimated_usage(run: Run, outcome: Outcome) -> Usage:
    """All the input that it can have been, and the output that was received."""
    received = (len((outcome.text + outcome.reasoning).encode()) + outcome.unseen) // BYTES_PER_TOKEN + 1
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
