"""Many at once, each on a connection of its own. For each guard: what happens when it is taken away."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import product
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection

from accounts.models import Department, User
from playground.quota import closing, ledger
from playground.quota.errors import QuotaExceeded
from playground.quota.limits import set_quota
from playground.quota.models import LedgerEntry, QuotaWindow, Reservation, ReservationState
from playground.quota.verify import verify
from tests.quota.racing import at_once, in_between, without

Hold = Callable[..., Reservation]
pytestmark = pytest.mark.django_db(transaction=True)


def settle(run_id: UUID, cost: int = 70) -> bool:
    return ledger.settle(run_id, cost=cost, estimated=False, provider="p", price={}, usage={})


def limit_everything(limit: int, marketing: Department, alice: User, dana: User) -> None:
    for scope, target in (("company", None), ("department", marketing), ("person", alice)):
        for period in ("day", "month"):
            set_quota(scope=scope, target=target, period=period, limit=limit, actor=dana, reason="test")


def test_of_500_at_once_exactly_the_100_that_fit_are_admitted(
    hold: Hold, marketing: Department, alice: User, dana: User
) -> None:
    limit_everything(1000, marketing, alice, dana)
    results = at_once([partial(hold, 10)] * 500)
    assert Counter(type(result) for result in results) == {Reservation: 100, QuotaExceeded: 400}
    assert set(QuotaWindow.objects.values_list("reserved", flat=True)) == {1000}


def test_the_first_runs_of_a_day_make_its_windows_together(hold: Hold) -> None:
    results = at_once([partial(hold, 10)] * 20)
    assert {type(result) for result in results} == {Reservation}
    assert list(QuotaWindow.objects.values_list("reserved", flat=True)) == [200] * 6


def test_one_run_started_twenty_times_reserves_once(hold: Hold) -> None:
    at_once([partial(hold, 10, run_id=uuid4())] * 20)
    assert set(QuotaWindow.objects.values_list("reserved", flat=True)) == {10}


def test_of_five_who_close_a_run_one_is_first(hold: Hold) -> None:
    for _ in range(10):
        run_id = hold(100, lifetime=-1.0).pk
        closing = [partial(settle, run_id), partial(ledger.release, run_id)] * 2
        results = at_once([*closing, ledger.expire_overdue])
        assert Counter(results) == {False: 4, True: 1}


ACTIONS = ["reserve", "extend", "start", "settle", "release", "expire", "limit"]


@pytest.mark.parametrize(("first", "second"), list(product(ACTIONS, ACTIONS)))
def test_any_two_steps_that_meet_leave_the_book_true(
    hold: Hold, marketing: Department, dana: User, first: str, second: str
) -> None:
    run_id = hold(60, lifetime=-1.0).pk
    steps: dict[str, Callable[[], object]] = {
        "reserve": partial(hold, 40),
        "extend": partial(ledger.extend, run_id, amount=10),
        "start": partial(ledger.mark_started, run_id),
        "settle": partial(settle, run_id),
        "release": partial(ledger.release, run_id),
        "expire": ledger.expire_overdue,
        "limit": partial(
            set_quota, scope="department", target=marketing, period="month", limit=50, actor=dana, reason="test"
        ),
    }
    before, after = in_between(steps[first], steps[second])
    assert not isinstance(after, IntegrityError | RuntimeError)
    assert [first, second] != ["limit", "reserve"] or isinstance(after, QuotaExceeded)
    assert not (before is True and after is True)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two reservations both look, and only then both hold."""
    barrier, really_hold = Barrier(2), ledger._hold

    def hold_together(window_ids: list[int], amount: int) -> None:
        barrier.wait(10)
        really_hold(window_ids, amount)

    monkeypatch.setattr(ledger, "_hold", hold_together)


@pytest.fixture
def unconditional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "HOLD", ledger.MOVE)


@pytest.fixture
def room_for_one(hold: Hold, marketing: Department, dana: User) -> None:
    ledger.release(hold(0).pk)  # its windows are made
    set_quota(scope="department", target=marketing, period="month", limit=100, actor=dana, reason="test")


@pytest.mark.usefixtures("room_for_one", "meeting")
def test_of_two_who_saw_the_same_room_one_gets_it(hold: Hold) -> None:
    results = at_once([partial(hold, 100)] * 2)
    assert {type(result) for result in results} == {Reservation, QuotaExceeded}


@pytest.mark.usefixtures("room_for_one", "meeting", "unconditional")
def test_without_the_condition_the_wall_of_the_database_stands(hold: Hold) -> None:
    results = at_once([partial(hold, 100)] * 2)
    assert {type(result) for result in results} == {Reservation, IntegrityError}


def erase() -> None:
    """The book of a test that broke it on purpose."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE playground_ledgerentry, playground_reservation, playground_quotawindow CASCADE")


@pytest.mark.usefixtures("room_for_one", "meeting", "unconditional")
def test_without_condition_and_wall_both_are_admitted_and_the_check_tells(hold: Hold) -> None:
    with without("playground_quotawindow", trigger="nothing_is_reserved_past_the_limit"):
        results = at_once([partial(hold, 100)] * 2)
    assert {type(result) for result in results} == {Reservation}
    assert [problem for problem in verify() if problem.startswith("Nothing was admitted past a limit.")]
    erase()


@pytest.fixture
def closes_blindly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "TO", closing.TO.replace("state = 'held'", "true"))


@pytest.mark.usefixtures("closes_blindly")
def test_without_the_check_of_the_state_no_second_settlement_is_written(hold: Hold) -> None:
    run_id = hold(100).pk
    results = at_once([partial(settle, run_id)] * 2)
    assert {type(result) for result in results} == {bool, IntegrityError}
    assert LedgerEntry.objects.filter(kind="settle").count() == 1
    erase()


@pytest.mark.usefixtures("closes_blindly")
def test_without_the_check_of_the_state_nothing_closed_is_released(hold: Hold) -> None:
    run_id = hold(100).pk
    settle(run_id)
    with pytest.raises(IntegrityError, match="is settled and was counted"):
        ledger.release(run_id)
    erase()


@pytest.mark.usefixtures("closes_blindly")
def test_without_state_and_wall_a_run_is_closed_twice_and_the_check_tells(hold: Hold) -> None:
    hold(100)
    run_id = hold(100).pk
    with without("playground_reservation", trigger="a_reservation_leaves_held_once"):
        ledger.release(run_id)
        settle(run_id, 100)
    assert Reservation.objects.get(pk=run_id).state == ReservationState.SETTLED
    assert [problem for problem in verify() if problem.startswith("A window holds exactly")]
    erase()
