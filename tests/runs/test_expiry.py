"""The last net under the money: what was set aside for a run that is gone, or was given up and comes back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from playground.gateway.types import Usage
from playground.quota.models import LedgerEntry, QuotaWindow, Reservation
from playground.runs.execute import execute_run
from playground.runs.finish import finish_run
from playground.runs.models import Run, RunState
from playground.runs.outcomes import Outcome
from playground.runs.sweep import sweep_runs
from tests.runs.asking import Start
from tests.runs.test_finish import claimed

pytestmark = pytest.mark.usefixtures("ledger_is_true")


def forget(reservation: Reservation) -> None:
    """Let its lifetime end."""
    Reservation.objects.filter(pk=reservation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_money_for_a_run_that_has_vanished_comes_back_once(start: Start) -> None:
    run = start()
    reservation = Reservation.objects.get(run_id=run.pk)
    run.delete()
    forget(reservation)
    for _ in range(3):
        sweep_runs()
    assert [entry.kind for entry in LedgerEntry.objects.order_by("id")] == ["reserve", "release"]
    assert set(QuotaWindow.objects.values_list("reserved", "settled")) == {(0, 0)}


def test_a_run_that_ends_after_its_money_was_settled_costs_what_the_book_says(start: Start) -> None:
    run = claimed(start())
    reservation = Reservation.objects.get(run_id=run.pk)
    forget(reservation)
    Run.objects.update(lease_until=timezone.now() + timedelta(hours=1))
    sweep_runs()
    assert finish_run(run, Outcome(RunState.DONE, text="Hi", finish_reason="stop", usage=Usage(10, 5)))
    run.refresh_from_db()
    assert (run.state, run.cost, run.cost_is_estimated) == (RunState.DONE, reservation.amount, True)
    assert LedgerEntry.objects.filter(kind="settle").count() == 1


def test_a_run_whose_money_has_expired_is_not_asked(start: Start) -> None:
    run = start()
    forget(Reservation.objects.get(run_id=run.pk))
    sweep_runs()
    execute_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code, run.cost) == (RunState.FAILED, "not_started", 0)
