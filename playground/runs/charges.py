"""What a run is charged: the provider's own count at the admitted price, and an estimate where it gave none."""

from collections.abc import Iterable
from dataclasses import astuple, replace
from operator import itemgetter

from playground.catalog import pricing
from playground.gateway.types import Target, Usage
from playground.runs.models import Run, RunState
from playground.runs.outcomes import AttemptRecord, Charge, Outcome

# Few texts have fewer bytes to a token.
BYTES_PER_TOKEN = 3


def charge_for(run: Run, outcome: Outcome) -> Charge:
    """The answer and every call that was lost before it, each noted with its attempt too."""
    records = outcome.attempts
    has_answer = outcome.state != RunState.FAILED and (not records or records[-1].may_be_billed)
    lost = [record for record in (records[:-1] if has_answer else records) if record.was_accepted]
    for record in lost:
        record.charge = _charge(run, record.target, _lost_usage(run, record), is_estimated=True)
    charges = [record.charge for record in lost if record.charge]
    if has_answer:
        charges.insert(0, _answer(run, outcome))
        if records:
            records[-1].charge = charges[0]
    return Charge(
        usage=_sum(charge.usage for charge in charges),
        price=charges[0].price,
        cost=sum(charge.cost for charge in charges),
        is_estimated=any(charge.is_estimated for charge in charges),
    )


def lost_cost(run: Run, records: Iterable[AttemptRecord]) -> int:
    """What the calls so far, of which each has failed, may have cost."""
    usages = [(record.target, _lost_usage(run, record)) for record in records if record.was_accepted]
    return sum(_charge(run, target, usage, is_estimated=True).cost for target, usage in usages)


def saved_by_cache(charge: Charge) -> int:
    """What the provider's prompt cache has saved, less what filling it cost."""
    price, usage = charge.price, charge.usage
    read = usage.cached_tokens * (price["input"] - price["cached_input"])
    written = usage.cache_write_tokens * (price.get("cache_write", price["input"]) - price["input"])
    return (read - written) // pricing.PER


def _lost_usage(run: Run, record: AttemptRecord) -> Usage:
    """What it had counted, with at least the text that came; all the input that it can have been."""
    known = record.usage or Usage(run.input_token_bound)
    received = record.received // BYTES_PER_TOKEN + 1 if record.received else 0
    return replace(known, output_tokens=min(max(known.output_tokens, received), run.max_output_tokens))


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
