"""The days and months that quotas count in: calendar periods in the company's time zone, kept as rows (never reset).

The database's clock decides which window an instant belongs to; the calendar is worked out here and nowhere else.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.models import Department, User
from playground.quota.models import Period, Quota, QuotaWindow, Scope


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window as it was read: one that nobody has used yet has no row, and then no `window_id`."""

    scope: str
    period: str
    quota_id: int | None
    window_id: int | None
    starts: datetime
    ends: datetime
    limit: int | None
    reserved: int = 0
    settled: int = 0

    @property
    def left(self) -> int | None:
        return None if self.limit is None else self.limit - self.reserved - self.settled


def period_around(period: str, at: datetime, zone: ZoneInfo | None = None) -> tuple[datetime, datetime]:
    """The first instant of the day or month that contains `at`, and the first one after it."""
    zone = zone or ZoneInfo(settings.COMPANY_TIME_ZONE)
    first = _first_day(period, at.astimezone(zone).date())
    # Where clocks go back over midnight a date comes twice: its second pass belongs to the day that has begun.
    while at >= _midnight(_next(period, first), zone):
        first = _next(period, first)
    return _midnight(first, zone), _midnight(_next(period, first), zone)


def _first_day(period: str, day: date) -> date:
    return day.replace(day=1) if period == Period.MONTH else day


def _next(period: str, first: date) -> date:
    return _first_day(period, first + timedelta(days=31 if period == Period.MONTH else 1))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


OPEN_WINDOWS = """
SELECT clock.now, quota.scope, quota.period, quota.id, quota."limit",
       open.id, open.starts, open.ends, open."limit", open.reserved, open.settled
FROM (SELECT coalesce(%(at)s::timestamptz, statement_timestamp()) AS now) AS clock
LEFT JOIN playground_quota AS quota
    ON quota.scope = 'company' OR quota.department_id = %(department)s OR quota.user_id = %(user)s
    OR quota.api_key_id = %(key)s
LEFT JOIN LATERAL (
    SELECT * FROM playground_quotawindow
    WHERE quota_id = quota.id AND starts <= clock.now ORDER BY starts DESC LIMIT 1
) AS open ON open.ends > clock.now
"""


def open_windows(
    user: User, department: Department | None, *, api_key_id: int | None = None, at: datetime | None = None
) -> tuple[datetime, list[OpenWindow]]:
    """The instant (`at`, or the database's now), and every window that counts `user`'s spending for `department` then,
    through that key if there is one.

    One statement, nothing locked and nothing written.
    """
    department_id = department.pk if department else None
    with connection.cursor() as cursor:
        cursor.execute(OPEN_WINDOWS, {"at": at, "department": department_id, "user": user.pk, "key": api_key_id})
        rows = cursor.fetchall()
    now: datetime = rows[0][0]
    found = {(row[1], row[2]): row[3:] for row in rows}
    absent = {Scope.DEPARTMENT: department is None, Scope.KEY: api_key_id is None}
    scopes = [scope for scope in Scope if not absent.get(scope)]
    return now, [_window(scope, period, now, found) for scope in scopes for period in Period.values]


def _window(scope: str, period: str, now: datetime, found: dict[tuple[str, str], tuple[Any, ...]]) -> OpenWindow:
    quota_id, quota_limit, window_id, *columns = found.get((scope, period), (None, None, None))
    if window_id is None:
        return OpenWindow(scope, period, quota_id, None, *period_around(period, now), quota_limit)
    return OpenWindow(scope, period, quota_id, window_id, *columns)


def windows_to_count_in(
    user: User, department: Department, *, api_key_id: int | None = None, at: datetime | None = None
) -> tuple[datetime, list[OpenWindow]]:
    """As `open_windows`, and every row exists. Only the first run of a day has to make any."""
    now, windows = open_windows(user, department, api_key_id=api_key_id, at=at)
    if all(window.window_id for window in windows):
        return now, windows
    make_quotas(user=user, department=department, api_key_id=api_key_id)
    of_key = Q(scope=Scope.KEY, api_key=api_key_id) if api_key_id else Q()
    make_windows(Q(scope=Scope.COMPANY) | Q(department=department) | Q(user=user) | of_key, now=now)
    now, windows = open_windows(user, department, api_key_id=api_key_id, at=now)
    if not all(window.window_id for window in windows):
        raise RuntimeError(f"There is no window to count {user} of {department} in at {now}.")
    return now, windows


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def make_quotas(
    *, user: User | None = None, department: Department | None = None, api_key_id: int | None = None
) -> None:
    """Quotas without a limit for those who have none, in the one order that everybody makes them in."""
    quotas = [
        Quota(scope=scope, period=period, **target)
        for scope, target in (
            (Scope.COMPANY, {}),
            (Scope.DEPARTMENT, {"department": department}),
            (Scope.PERSON, {"user": user}),
            (Scope.KEY, {"api_key_id": api_key_id}),
        )
        if all(target.values())
        for period in Period.values
    ]
    Quota.objects.bulk_create(quotas, ignore_conflicts=True)


def make_windows(quotas: Q, *, now: datetime) -> None:
    """The windows of `quotas` that are open at `now`. The quotas stay locked, so that the limits copied are theirs."""
    opened = QuotaWindow.objects.filter(quota=OuterRef("pk"), starts__lte=now, ends__gt=now)
    missing = Quota.objects.filter(quotas, ~Exists(opened)).order_by("id").select_for_update(no_key=True)
    QuotaWindow.objects.bulk_create(
        [
            QuotaWindow(quota=quota, starts=starts, ends=ends, limit=quota.limit)
            for quota in missing
            for starts, ends in [period_around(quota.period, now)]
        ],
        ignore_conflicts=True,
    )
