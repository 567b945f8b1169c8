"""An answer that cannot be saved does not keep its run alive for ever."""

import pytest
from django.utils import timezone

from playground.runs.models import Attempt, Run, RunState
from playground.runs.sweep import sweep_runs
from tests.runs.asking import Asker
from tests.stack import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_whose_end_cannot_be_written_is_ended_by_the_sweep(asked: Asker) -> None:
    run = asked.slowly(40)
    # Its own first attempt will not fit beside this one.
    Attempt.objects.create(run=run, number=1, deployment="another", started_at=timezone.now())

    def is_swept() -> bool:
        sweep_runs()
        return not Run.objects.get(pk=run.pk).is_live

    wait_until(is_swept, seconds=60, what="an interrupted run")
    run.refresh_from_db()
    assert (run.state, run.error_code, run.output[:5]) == (RunState.INTERRUPTED, "worker_lost", "word0")
    assert run.cost > 0
