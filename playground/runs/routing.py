"""Which places a run may go to, in which manner, and through which limiter."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from weakref import WeakKeyDictionary

from django.conf import settings

from playground.catalog.models import DataUse
from playground.gateway.limits_redis import RedisLimiter, connect
from playground.gateway.types import Manner, Route, Target
from playground.runs.answers import Answer
from playground.runs.models import OnBreak, Run

# What may be done with the data, from the least on.
FREEDOM = {DataUse.OURS: 0, DataUse.NOT_KEPT: 1, DataUse.KEPT: 2, DataUse.TRAINED_ON: 3, DataUse.UNKNOWN: 3}

_limiters: WeakKeyDictionary[asyncio.AbstractEventLoop, RedisLimiter] = WeakKeyDictionary()


def allowed_route(run: Run, route: Route) -> Route:
    """Without the places that may not answer this run: what was set aside is for those with an admitted price, and
    another model's place may do no more with the data than the model's own.
    """
    own = tuple(target for target in route.targets if target.key in run.prices)
    fallbacks = {
        cause: tuple(target for target in targets if target.key in run.prices and stays_within(route.targets, target))
        for cause, targets in route.fallbacks.items()
    }
    return replace(route, targets=own, fallbacks=fallbacks if run.may_fall_back else {})


def stays_within(own: Iterable[Target], other: Target) -> bool:
    """Whether `other` is as careful with data as the places that a person has chosen, and in a region of theirs."""
    own = list(own)
    regions = {target.region for target in own}
    if settings.FALLBACK_STAYS_IN_REGION and any(regions) and other.region not in regions:
        return False
    return _freedom(other) <= max(_freedom(target) for target in own)


def _freedom(target: Target) -> int:
    return FREEDOM[DataUse(target.data_use or DataUse.UNKNOWN)]


def manner_of(run: Run, answer: Answer, *, can_afford: Callable[[], Awaitable[bool]]) -> Manner:
    return Manner(
        call=f"{run.pk}.{run.fence}",
        tokens=(run.input_token_guess or run.input_token_bound) + run.max_output_tokens,
        party=str(run.department_id),
        is_batch=run.is_batch,
        patience=settings.RUN_LINE_SECONDS,
        may_restart=partial(may_restart, run.on_break, answer),
        can_afford=can_afford,
    )


def may_restart(on_break: str, answer: Answer) -> bool:
    """Whether an answer that broke off may begin anew. What nobody has seen is then kept back until it does."""
    if on_break == OnBreak.UNSEEN:
        return answer.keep_back()
    if on_break == OnBreak.UNSAID:
        return answer.keep_back(thoughts_are_shown=False)
    return on_break == OnBreak.RESTART


def limiter() -> RedisLimiter:
    """The running loop's."""
    loop = asyncio.get_running_loop()
    if loop not in _limiters:
        _limiters[loop] = RedisLimiter(connect(settings.STREAM_REDIS_URL), prefix=settings.REDIS_KEY_PREFIX)
    return _limiters[loop]
