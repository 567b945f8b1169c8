"""One terminal state, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from playground.gateway.types import Usage
from playground.quota.models import LedgerEntry, Reservation
from playground.runs.claim import claim_run
from playground.runs.finish import finish_run
from playground.runs.models import Run, RunState
from playground.runs.outcomes import Outcome
from playground.runs.start import cancel_run
from tests.runs.asking import Start


def done(text: str = "Hi") -> Outcome:
    return Outcome(state=RunState.DONE, text=text, finish_reason="stop", usage=Usage(10, 5))


def claimed(run: Run) -> Run:
    ours = claim_run(run.pk)
    assert ours is not None
    return ours


def test_a_worker_with_an_old_fence_writes_nothing(start: Start, ledger_is_true: None) -> None:
    run = claimed(start())
    Run.objects.filter(pk=run.pk).update(fence=run.fence + 1)
    assert not finish_run(run, done())
    assert Run.objects.get(pk=run.pk).output == ""
    assert Reservation.objects.get().state == "held"


def test_a_run_is_claimed_once(start: Start) -> None:
    run = start()
    assert claim_run(run.pk) is not None
    assert claim_run(run.pk) is None


def test_a_run_that_ends_says_when(start: Start) -> None:
    run = start()
    for change in ({"state": RunState.DONE}, {"finished_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Run.objects.filter(pk=run.pk).update(**change)


def test_the_provider_is_noted_before_it_is_called(start: Start) -> None:
    run = claimed(start())
    assert Reservation.objects.get(run_id=run.pk).provider_started_at is not None


def test_an_unknown_usage_is_not_free(start: Start, ledger_is_true: None) -> None:
    run = claimed(start())
    assert finish_run(run, Outcome(state=RunState.INTERRUPTED, text="x" * 300))
    run.refresh_from_db()
    assert (run.input_tokens, run.output_tokens) == (run.input_token_bound, 101)
    assert run.cost_is_estimated


@pytest.mark.django_db(transaction=True)
def test_stop_racing_with_the_end_leaves_one_state_and_one_settlement(
    no_worker: None, start: Start, ledger_is_true: None
) -> None:
    run = claimed(start())

    def end(number: int) -> bool:
        try:
            if number % 2:
                cancel_run(run)
                return False
            return finish_run(run, done())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(end, range(16))) == 1
    assert LedgerEntry.objects.filter(kind="settle").count() == 1
    assert Run.objects.get(pk=run.pk).state == RunState.DONE
