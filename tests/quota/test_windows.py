"""A window is a calendar day or month of the company's time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Department, User
from playground.quota.models import Quota, QuotaWindow
from playground.quota.windows import open_windows, period_around, windows_to_count_in

ZONES = sorted(available_timezones() - {"Factory", "localtime"})


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("zone", "period", "at", "starts", "ends"),
    [
        ("America/Sao_Paulo", "month", utc(2026, 12, 1, 2, 59), utc(2026, 11, 1, 3), utc(2026, 12, 1, 3)),
        ("America/Sao_Paulo", "month", utc(2026, 12, 1, 3), utc(2026, 12, 1, 3), utc(2027, 1, 1, 3)),
        ("Asia/Tokyo", "day", utc(2026, 11, 20, 15), utc(2026, 11, 20, 15), utc(2026, 11, 21, 15)),
        ("UTC", "month", utc(2027, 2, 10), utc(2027, 2, 1), utc(2027, 3, 1)),
        ("UTC", "month", utc(2028, 2, 29, 23, 59), utc(2028, 2, 1), utc(2028, 3, 1)),
        ("Europe/Madrid", "day", utc(2026, 3, 29, 12), utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),
        ("Europe/Madrid", "day", utc(2026, 10, 25, 12), utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)),
        # A day that has no midnight begins at one o'clock.
        ("America/Sao_Paulo", "day", utc(2018, 11, 4, 12), utc(2018, 11, 4, 3), utc(2018, 11, 5, 2)),
    ],
)
def test_a_period_begins_at_midnight_of_the_company(
    zone: str, period: str, at: datetime, starts: datetime, ends: datetime
) -> None:
    assert period_around(period, at, ZoneInfo(zone)) == (starts, ends)


@given(
    zone=st.sampled_from(ZONES),
    period=st.sampled_from(["day", "month"]),
    at=st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_every_instant_lies_in_one_period_and_periods_join(zone: str, period: str, at: datetime) -> None:
    starts, ends = period_around(period, at, ZoneInfo(zone))
    assert starts <= at < ends
    assert period_around(period, ends, ZoneInfo(zone))[0] == ends
    assert period_around(period, ends - timedelta(microseconds=1), ZoneInfo(zone)) == (starts, ends)


def test_a_date_that_comes_twice_has_one_window() -> None:
    """Newfoundland went back over midnight: 00:01 became 23:01 of the day before."""
    zone, at = ZoneInfo("America/St_Johns"), utc(2006, 10, 29, 3)
    assert period_around("day", at, zone)[0] <= at < period_around("day", at, zone)[1]


def test_reading_writes_nothing(alice: User, marketing: Department) -> None:
    open_windows(alice, marketing)
    assert not Quota.objects.exists()


def test_a_new_month_is_a_new_row_and_the_old_one_stays(alice: User, marketing: Department) -> None:
    november, december = utc(2026, 11, 30, 12), utc(2026, 12, 1, 12)
    windows_to_count_in(alice, marketing, at=november)
    windows_to_count_in(alice, marketing, at=december)
    months = QuotaWindow.objects.filter(quota__scope="company", quota__period="month").order_by("starts")
    assert list(months.values_list("starts", "ends")) == [
        (utc(2026, 11, 1, 3), utc(2026, 12, 1, 3)),
        (utc(2026, 12, 1, 3), utc(2027, 1, 1, 3)),
    ]
