"""The check finds what is planted, and says it in a sentence."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.api_keys import issue_key
from accounts.models import ApiKey, Department, User
from playground.quota import ledger
from playground.quota.limits import set_quota
from playground.quota.models import Reservation
from playground.quota.verify import verify
from tests.quota.racing import without

DAYS = 10 * 24 * 3600.0
DAMAGES = {
    'UPDATE playground_quotawindow SET reserved = reserved + 1 WHERE "limit" IS NULL': (
        "A window holds exactly what its open reservations set aside."
    ),
    "UPDATE playground_quotawindow SET settled = settled - 1": (
        "A window has settled exactly what the lines of the book say."
    ),
    'UPDATE playground_quotawindow SET "limit" = 60 WHERE "limit" = 1000': "Nothing was admitted past a limit.",
    'UPDATE playground_quotawindow SET "limit" = 999 WHERE "limit" = 1000': (
        "The open window has the limit of its quota."
    ),
    "DELETE FROM playground_ledgerentry WHERE kind = 'settle'": (
        "A reservation is opened by one line, and closed by one when it leaves held."
    ),
    "UPDATE playground_ledgerentry SET amount = amount + 1 WHERE kind = 'release'": (
        "What was reserved is settled or released, to the micro-unit; an overrun stands beside a full settlement."
    ),
    "UPDATE playground_reservation SET created_at = created_at - interval '40 days'": (
        "A reservation counts for all that it has to, per day and month, in the windows of its instant."
    ),
    "UPDATE playground_ledgerentry SET model = 'another'": (
        "A line says the person, department, model and key of its reservation."
    ),
    "UPDATE playground_ledgerentry SET price = '{\"input\": -1}'": (
        "Prices and usage in the book are whole numbers, and none is negative."
    ),
    "UPDATE playground_reservation SET expires_at = expires_at - interval '1 day' WHERE state = 'held'": (
        "No reservation is held past its lifetime."
    ),
}


@pytest.fixture
def spent(hold: Callable[..., Reservation], marketing: Department, dana: User) -> None:
    set_quota(scope="department", target=marketing, period="month", limit=1000, actor=dana, reason="test")
    ledger.settle(hold(100).pk, cost=70, estimated=False, provider="p", price={"input": 1}, usage={"input_tokens": 1})
    hold(50)


@pytest.mark.parametrize(("damage", "promise"), DAMAGES.items())
def test_it_finds_planted_damage(spent: None, damage: str, promise: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before_damage")
        with without("playground_ledgerentry", trigger="ledger_entries_are_never_changed"):
            cursor.execute(damage)
        problems = verify()
        cursor.execute("ROLLBACK TO SAVEPOINT before_damage")
    assert [problem for problem in problems if problem.startswith(promise)]


def give_to(key: ApiKey, reservation: Reservation) -> None:
    """As it was when keys had no limits: the row names the key, and the windows of everything else."""
    with connection.cursor() as cursor, without("playground_ledgerentry", trigger="ledger_entries_are_never_changed"):
        for table, column in (("playground_reservation", "run_id"), ("playground_ledgerentry", "reservation_id")):
            cursor.execute(f"UPDATE {table} SET api_key_id = {key.pk} WHERE {column} = '{reservation.pk}'")  # noqa: S608


def test_a_run_counts_for_its_key_since_keys_count(hold: Callable[..., Reservation], alice: User) -> None:
    key, _ = issue_key(alice, "laptop", 30)
    before = hold(100, at=timezone.now() - timedelta(days=3), lifetime=DAYS)
    give_to(key, before)
    assert verify() == []
    hold(100, at=timezone.now() - timedelta(days=2), lifetime=DAYS, api_key_id=key.pk)
    assert verify() == []
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before_damage")
        after = hold(100)
        give_to(key, after)
        [problem] = verify()
        cursor.execute("ROLLBACK TO SAVEPOINT before_damage")
    assert f"reservation {after.pk} counts in 6 of its windows" in problem


def test_the_command_says_what_it_checked(spent: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_ledger")
    assert "✓ Nothing was admitted past a limit." in capsys.readouterr().out


def test_the_command_fails_with_the_problems_listed(hold: Callable[..., Reservation]) -> None:
    hold(100, lifetime=-3600.0)
    with pytest.raises(CommandError, match="No reservation is held past its lifetime"):
        call_command("verify_ledger")
    ledger.expire_overdue()
