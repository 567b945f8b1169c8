"""A reservation is closed once: settled, released or expired."""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Department, User
from playground.quota import ledger
from playground.quota.errors import QuotaExceeded, ReservationClosed
from playground.quota.limits import set_quota
from playground.quota.models import LedgerEntry, QuotaWindow, Reservation

Hold = Callable[..., Reservation]
pytestmark = pytest.mark.usefixtures("ledger_is_true")


def settle(run_id: UUID, cost: int, *, estimated: bool = False) -> bool:
    return ledger.settle(
        run_id, cost=cost, estimated=estimated, provider="p", price={"input": 3}, usage={"input_tokens": 9}
    )


def lines(reservation: Reservation) -> list[tuple[str, int]]:
    return list(reservation.entries.values_list("kind", "amount"))


def sums() -> set[tuple[int, int]]:
    return set(QuotaWindow.objects.values_list("reserved", "settled"))


def test_it_settles_what_it_cost_and_releases_the_rest(hold: Hold) -> None:
    reservation = hold(100)
    assert settle(reservation.pk, 70)
    assert lines(reservation) == [("reserve", 100), ("settle", 70), ("release", 30)]
    assert sums() == {(0, 70)}


def test_it_settles_to_the_last_micro_unit_without_a_release(hold: Hold) -> None:
    reservation = hold(100)
    assert settle(reservation.pk, 100)
    assert lines(reservation) == [("reserve", 100), ("settle", 100)]


def test_an_excess_is_an_overrun_that_counts_and_alarms(
    hold: Hold, marketing: Department, dana: User, caplog: pytest.LogCaptureFixture
) -> None:
    set_quota(scope="department", target=marketing, period="month", limit=100, actor=dana, reason="test")
    reservation = hold(100)
    assert settle(reservation.pk, 130)
    assert lines(reservation) == [("reserve", 100), ("settle", 100), ("overrun", 30)]
    assert sums() == {(0, 130)}
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_the_settled_line_keeps_provider_price_usage_and_confidence(hold: Hold) -> None:
    settle(hold(100).pk, 70, estimated=True)
    entry = LedgerEntry.objects.get(kind="settle")
    assert (entry.provider, entry.price, entry.usage, entry.confidence) == (
        "p",
        {"input": 3},
        {"input_tokens": 9},
        "estimated",
    )


def test_it_releases_everything(hold: Hold) -> None:
    reservation = hold(100)
    assert ledger.release(reservation.pk)
    assert lines(reservation) == [("reserve", 100), ("release", 100)]
    assert sums() == {(0, 0)}


def test_who_comes_second_is_told_so(hold: Hold) -> None:
    reservation = hold(100)
    assert settle(reservation.pk, 70)
    assert not settle(reservation.pk, 70)
    assert not ledger.release(reservation.pk)
    assert sums() == {(0, 70)}


def test_nothing_is_settled_for_a_run_that_reserved_nothing(hold: Hold, alice: User) -> None:
    assert not settle(UUID(int=1), 70)


def test_an_extension_is_set_aside_too(hold: Hold) -> None:
    reservation = hold(100)
    ledger.extend(reservation.pk, amount=50)
    assert settle(reservation.pk, 140)
    assert lines(reservation) == [("reserve", 100), ("extend", 50), ("settle", 140), ("release", 10)]


def test_an_extension_is_refused_at_the_limit_and_then_writes_nothing(hold: Hold, alice: User, dana: User) -> None:
    set_quota(scope="person", target=alice, period="day", limit=120, actor=dana, reason="test")
    reservation = hold(100)
    with pytest.raises(QuotaExceeded):
        ledger.extend(reservation.pk, amount=21)
    assert (lines(reservation), sums()) == ([("reserve", 100)], {(100, 0)})


def test_a_closed_reservation_is_not_extended(hold: Hold) -> None:
    reservation = hold(100)
    ledger.release(reservation.pk)
    with pytest.raises(ReservationClosed):
        ledger.extend(reservation.pk, amount=1)


def test_no_provider_call_leaves_without_money_held(hold: Hold) -> None:
    reservation = hold(100)
    ledger.release(reservation.pk)
    with pytest.raises(ReservationClosed):
        ledger.mark_started(reservation.pk)


def test_an_overdue_run_that_never_started_gives_everything_back(hold: Hold) -> None:
    reservation = hold(100, lifetime=-1.0)
    assert ledger.expire_overdue() == 1
    reservation.refresh_from_db()
    assert (reservation.state, sums()) == ("expired", {(0, 0)})


def test_an_overdue_run_that_started_is_settled_in_full_as_an_estimate(hold: Hold) -> None:
    reservation = hold(100, lifetime=-1.0)
    ledger.mark_started(reservation.pk)
    assert ledger.expire_overdue() == 1
    assert sums() == {(0, 100)}
    assert LedgerEntry.objects.get(kind="settle").confidence == "estimated"


def test_nothing_expires_in_its_lifetime_or_twice(hold: Hold) -> None:
    hold(100, lifetime=60.0)
    later = timezone.now() + timedelta(seconds=90)
    assert [ledger.expire_overdue(), ledger.expire_overdue(at=later), ledger.expire_overdue(at=later)] == [0, 1, 0]


def test_a_run_settled_after_its_day_and_month_counts_in_them(hold: Hold) -> None:
    reservation = hold(100, at=timezone.now() - timedelta(days=40))
    hold(5)
    settle(reservation.pk, 70)
    old = QuotaWindow.objects.filter(pk__in=reservation.window_ids)
    assert set(old.values_list("reserved", "settled")) == {(0, 70)}
    assert set(QuotaWindow.objects.exclude(pk__in=old).values_list("reserved", "settled")) == {(5, 0)}


def test_a_moved_person_leaves_her_spending_where_it_was(hold: Hold, alice: User, sales: Department) -> None:
    reservation = hold(100)
    alice.memberships.update(department=sales)
    settle(reservation.pk, 70)
    assert set(LedgerEntry.objects.values_list("department__name", flat=True)) == {"Marketing"}


def test_a_correction_is_a_new_line_that_names_the_old_one(hold: Hold, dana: User) -> None:
    settle(hold(100).pk, 70)
    wrong = LedgerEntry.objects.get(kind="settle")
    correction = ledger.adjust(wrong, amount=-20, actor=dana, reason="the provider's invoice")
    assert (correction.corrects, correction.actor, correction.reason) == (wrong, dana, "the provider's invoice")
    assert sums() == {(0, 50)}


def test_a_run_is_never_corrected_below_nothing_or_while_it_is_held(hold: Hold, dana: User) -> None:
    settle(hold(100).pk, 70)
    hold(100)
    settled, held = LedgerEntry.objects.get(kind="settle"), LedgerEntry.objects.filter(kind="reserve").latest("id")
    for entry, amount in ((settled, -71), (held, 1)):
        with pytest.raises(ValueError, match="Only a closed run can be corrected"):
            ledger.adjust(entry, amount=amount, actor=dana, reason="test")
