"""All limits bind; the smallest remainder wins."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Department, User
from playground.quota.errors import QuotaExceeded
from playground.quota.limits import remaining, set_quota, tightest
from playground.quota.models import Quota, QuotaWindow, Reservation

Hold = Callable[..., Reservation]
DOLLAR = 1_000_000
NOVEMBER = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("America/Sao_Paulo"))


@pytest.fixture
def limit(dana: User, marketing: Department, alice: User) -> Callable[..., Quota]:
    def make(scope: str, period: str, amount: int | None, **changes: object) -> Quota:
        target = {"company": None, "department": marketing, "person": alice}[scope]
        values = {"actor": dana, "reason": "a new year", **changes}
        return set_quota(scope=scope, target=target, period=period, limit=amount, **values)  # type: ignore[arg-type]

    return make


def test_the_smallest_remainder_wins(
    hold: Hold, limit: Callable[..., Quota], alice: User, marketing: Department
) -> None:
    limit("company", "month", 100)
    limit("department", "month", 60)
    limit("person", "day", 70)
    hold(20)
    tight = tightest(alice, marketing)
    assert tight
    assert (tight.scope, tight.left, tight.used) == ("department", 40, 20)


def test_nothing_is_tightest_where_nothing_is_limited(hold: Hold, alice: User, marketing: Department) -> None:
    hold(20)
    assert tightest(alice, marketing) is None


def test_what_is_left_is_read_before_anybody_has_spent(
    limit: Callable[..., Quota], alice: User, marketing: Department
) -> None:
    limit("person", "month", 90)
    QuotaWindow.objects.all().delete()
    assert [one.left for one in remaining(alice, marketing) if one.limit is not None] == [90]


def test_a_person_without_department_has_her_own_limits_and_the_companys(alice: User) -> None:
    assert [one.scope for one in remaining(alice, None)] == ["company", "company", "person", "person"]


def test_it_asks_for_attention_only_near_the_limit(hold: Hold, limit: Callable[..., Quota], alice: User) -> None:
    limit("person", "day", 100)
    hold(79)
    assert not getattr(tightest(alice, None), "is_near", None)
    hold(1)
    assert getattr(tightest(alice, None), "is_near", None)


def test_a_raised_limit_admits_at_once(hold: Hold, limit: Callable[..., Quota]) -> None:
    limit("department", "month", 10)
    with pytest.raises(QuotaExceeded):
        hold(11)
    limit("department", "month", 11)
    hold(11)


def test_a_lowered_limit_keeps_what_is_spent_and_admits_nothing_new(hold: Hold, limit: Callable[..., Quota]) -> None:
    hold(50)
    limit("department", "month", 20)
    with pytest.raises(QuotaExceeded) as refused:
        hold(1)
    assert refused.value.left_amount == 0


def test_the_next_window_has_the_new_limit(hold: Hold, limit: Callable[..., Quota]) -> None:
    limit("department", "day", 10)
    with pytest.raises(QuotaExceeded):
        hold(11, at=timezone.now() + timedelta(days=1))


def test_a_change_is_in_the_audit_log_once(limit: Callable[..., Quota], dana: User) -> None:
    limit("department", "month", 10)
    limit("department", "month", 10)
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.before, event.after, event.reason) == (
        dana, "quota.set", {"limit": None}, {"limit": 10}, "a new year",
    )  # fmt: skip


def refusal(hold: Hold, amount: int) -> QuotaExceeded:
    with pytest.raises(QuotaExceeded) as refused, timezone.override("America/Sao_Paulo"):
        hold(amount, at=NOVEMBER)
    return refused.value


def test_a_refusal_names_the_limit_what_is_left_and_when_it_resets(hold: Hold, limit: Callable[..., Quota]) -> None:
    limit("department", "month", 420_000, at=NOVEMBER)
    card = refusal(hold, DOLLAR)
    assert card.title == "This could cost up to $1.00, and Marketing has $0.42 of $0.42 left for November."
    assert (card.left, card.resets) == ("$0.42", "Tue 1 Dec 00:00 (São Paulo)")


def test_a_refusal_says_what_can_be_done_and_whom_to_ask(hold: Hold, limit: Callable[..., Quota], ana: User) -> None:
    limit("department", "month", 420_000, at=NOVEMBER)
    assert [way.label for way in refusal(hold, DOLLAR).ways] == [
        "Pick a cheaper model",
        "Ask for a shorter answer",
        "Ask Ana for more",
        "See what you may spend",
    ]


def test_a_used_up_limit_offers_no_way_that_would_not_help(hold: Hold, limit: Callable[..., Quota]) -> None:
    limit("person", "day", 0, at=NOVEMBER)
    card = refusal(hold, DOLLAR)
    assert card.title == "You have used up your quota of $0.00 for today."
    assert [way.label for way in card.ways] == ["Ask Dana for more", "See what you may spend"]
