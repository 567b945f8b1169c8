"""The times that tallies cover, and how long each is kept. Days and months are those of the quotas."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from playground.quota.windows import period_around
from playground.traffic.models import Span

STEP = {Span.MINUTES: timedelta(minutes=5), Span.HOUR: timedelta(hours=1)}
# The finer ones are taken away when nobody looks at them any more: the coarser ones hold the same.
KEPT = {Span.MINUTES: timedelta(days=2), Span.HOUR: timedelta(days=40), Span.DAY: timedelta(days=800)}


def company_zone() -> ZoneInfo:
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


@lru_cache(maxsize=4096)
def start_of(span: Span, moment: datetime) -> datetime:
    """When the span that holds `moment` began."""
    if span in STEP:
        seconds = int(STEP[span].total_seconds())
        return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)
    return period_around(span, moment)[0]


def after(span: Span, start: datetime) -> datetime:
    """Where the span that begins at `start` ends and the next one begins."""
    return start + STEP[span] if span in STEP else period_around(span, start)[1]


def last_starts(span: Span, until: datetime, count: int) -> list[datetime]:
    """The starts of the `count` spans of which the last one holds the moment before `until`, the oldest first."""
    starts: list[datetime] = []
    moment = until
    for _ in range(count):
        starts.append(start_of(span, moment - timedelta(microseconds=1)))
        moment = starts[-1]
    return starts[::-1]
