"""What is going on right now: from the few rows that are alive, and from the broker."""

from dataclasses import dataclass
from datetime import datetime

import redis
from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from playground.quota.holds import Holds, held_now
from playground.runs.models import IS_LIVE, Run, RunState
from playground.traffic.models import Slip

QUEUES = ("interactive", "batch", "system")
SECONDS = 1


@dataclass(frozen=True, slots=True)
class Live:
    """Ages are in seconds; `queues` is empty when the broker does not answer."""

    queued: int
    running: int
    oldest_queued: float
    holds: Holds
    oldest_hold: float
    waiting_slips: int
    oldest_slip: float
    queues: dict[str, int]

    @property
    def oldest_queued_ms(self) -> float:
        return self.oldest_queued * 1000


def live() -> Live:
    runs = Run.objects.filter(IS_LIVE).aggregate(
        queued=Count("pk", filter=Q(state=RunState.QUEUED)),
        running=Count("pk", filter=Q(state=RunState.RUNNING)),
        oldest=Min("created_at", filter=Q(state=RunState.QUEUED)),
    )
    slips = Slip.objects.aggregate(count=Count("pk"), oldest=Min("created_at"))
    holds = held_now()
    return Live(
        queued=runs["queued"],
        running=runs["running"],
        oldest_queued=_age(runs["oldest"]),
        holds=holds,
        oldest_hold=_age(holds.oldest),
        waiting_slips=slips["count"],
        oldest_slip=_age(slips["oldest"]),
        queues=queues(),
    )


def queues() -> dict[str, int]:
    """How many messages wait in each queue of Celery."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=None
        ) as server:
            return {name: int(server.llen(f"{settings.REDIS_KEY_PREFIX}:{name}")) for name in QUEUES}
    except redis.RedisError:
        return {}


def _age(moment: datetime | None) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0
