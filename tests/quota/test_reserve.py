"""Money is set aside at every level, or at none."""

from collections.abc import Callable
from itertools import product
from uuid import uuid4

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from accounts.api_keys import issue_key
from accounts.models import Department, User
from playground.quota import ledger
from playground.quota.errors import QuotaExceeded
from playground.quota.limits import set_quota
from playground.quota.models import LedgerEntry, Quota, QuotaWindow, Reservation

Hold = Callable[..., Reservation]
LEVELS = list(product(["company", "department", "person"], ["day", "month"]))
pytestmark = pytest.mark.usefixtures("ledger_is_true")


def test_it_sets_money_aside_for_company_department_and_person(hold: Hold) -> None:
    reservation = hold(40)
    windows = QuotaWindow.objects.filter(pk__in=reservation.window_ids)
    assert sorted(windows.values_list("quota__scope", "quota__period", "reserved")) == [
        ("company", "day", 40),
        ("company", "month", 40),
        ("department", "day", 40),
        ("department", "month", 40),
        ("person", "day", 40),
        ("person", "month", 40),
    ]


def test_it_admits_up_to_the_last_micro_unit(hold: Hold, marketing: Department, dana: User) -> None:
    set_quota(scope="department", target=marketing, period="month", limit=100, actor=dana, reason="test")
    hold(60)
    hold(40)
    with pytest.raises(QuotaExceeded):
        hold(1)


@pytest.fixture
def cast(alice: User, marketing: Department) -> dict[str, Department | User | None]:
    return {"company": None, "department": marketing, "person": alice}


@pytest.mark.parametrize(("scope", "period"), LEVELS)
def test_it_refuses_at_each_level_and_then_writes_nothing(
    hold: Hold, cast: dict[str, Department | User | None], dana: User, scope: str, period: str
) -> None:
    target = cast[scope]
    hold(50)
    set_quota(scope=scope, target=target, period=period, limit=100, actor=dana, reason="test")
    with pytest.raises(QuotaExceeded) as refused:
        hold(51)
    assert (refused.value.scope, refused.value.period, refused.value.left_amount) == (scope, period, 50)
    assert set(QuotaWindow.objects.values_list("reserved", flat=True)) == {50}
    assert (Reservation.objects.count(), LedgerEntry.objects.count()) == (1, 1)


def test_the_same_run_reserves_once(hold: Hold) -> None:
    run_id = uuid4()
    assert hold(10, run_id=run_id) == hold(10, run_id=run_id)
    assert set(QuotaWindow.objects.values_list("reserved", flat=True)) == {10}


def test_the_same_run_is_not_refused_for_what_it_holds_itself(hold: Hold, alice: User, dana: User) -> None:
    set_quota(scope="person", target=alice, period="day", limit=10, actor=dana, reason="test")
    run_id = uuid4()
    assert hold(10, run_id=run_id) == hold(10, run_id=run_id)


def test_what_is_free_is_admitted_beside_a_limit_that_is_used_up(hold: Hold, alice: User, dana: User) -> None:
    set_quota(scope="person", target=alice, period="day", limit=0, actor=dana, reason="test")
    reservation = hold(0)
    assert ledger.settle(reservation.pk, cost=0, estimated=False, provider="p", price={}, usage={})


def test_a_negative_amount_is_no_reservation(hold: Hold) -> None:
    with pytest.raises(IntegrityError, match="a_reservation_is_never_negative"):
        hold(-1)


def test_people_of_other_departments_have_their_own_limits(
    hold: Hold, eve: User, sales: Department, marketing: Department, dana: User
) -> None:
    set_quota(scope="department", target=marketing, period="month", limit=0, actor=dana, reason="test")
    hold(10, user=eve, department=sales)
    assert Quota.objects.filter(user=eve).count() == 2


def test_the_line_keeps_what_it_was_for(hold: Hold, alice: User) -> None:
    key, _secret = issue_key(alice, name="laptop", days=30)
    hold(10, source="hub", model="big", tool_version="Titles v3", api_key_id=key.pk)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.source, entry.model, entry.tool_version, entry.api_key_id) == (
        "reserve",
        "hub",
        "big",
        "Titles v3",
        key.pk,
    )


def test_it_takes_five_statements_on_the_common_path(
    hold: Hold, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hold(1)
    with django_assert_num_queries(5):  # savepoint, windows, reservation with its line, hold, savepoint
        hold(1)
