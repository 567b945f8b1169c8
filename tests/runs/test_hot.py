"""What is written again and again stays on its page and out of every index: PostgreSQL counts those updates itself."""

import pytest
from django.db import connection
from django.db.models.functions import Now

from playground.runs import checkpoints
from playground.runs.answers import Answer
from playground.runs.claim import claim_run
from playground.runs.finish import finish_run
from playground.runs.models import IS_LIVE, LIVE_STATES, Run
from tests.runs.asking import Start
from tests.runs.test_finish import done

pytestmark = pytest.mark.django_db(transaction=True)
RUNS, TIMES = 20, 10
WORDS = "A sentence of an answer that goes on for a while. "


def updates(table: str) -> tuple[int, int]:
    """How many rows were written again, and how many of them without an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = %s", [table])
        every, hot = cursor.fetchone()
    return every, hot


def share_since(before: tuple[int, int], table: str) -> float:
    every, hot = updates(table)
    return (hot - before[1]) / (every - before[0])


def answers_of(runs: list[Run]) -> list[Answer]:
    return [Answer(ours.pk, ours.fence) for run in runs if (ours := claim_run(run.pk))]


def test_claims_checkpoints_and_leases_touch_no_index(no_worker: None, start: Start) -> None:
    runs = [start("Why is that so? " * 20) for _ in range(RUNS)]
    before = updates("playground_run")
    answers = answers_of(runs)
    assert share_since(before, "playground_run") == 1, "claims"
    for _ in range(TIMES):
        for answer in answers:
            answer.text.append(WORDS)
        checkpoints.save(answers)
    assert share_since(before, "playground_run") > 0.8, "texts"
    before = updates("playground_run")
    for _ in range(TIMES):
        checkpoints.save(answers)
    assert share_since(before, "playground_run") > 0.9, "leases"


def test_money_is_moved_without_an_index(no_worker: None, start: Start) -> None:
    first = start()
    before, windows = updates("playground_reservation"), updates("playground_quotawindow")
    answers_of([first, *(start() for _ in range(RUNS))])
    assert share_since(before, "playground_reservation") == 1
    first.refresh_from_db()
    finish_run(first, done())
    assert share_since(windows, "playground_quotawindow") == 1


def test_who_looks_for_live_runs_reads_their_index_alone(no_worker: None, start: Start) -> None:
    start()
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        plans = [
            Run.objects.filter(IS_LIVE, state=state, created_at__lt=Now(), lease_until__lt=Now()).explain()
            for state in LIVE_STATES
        ]
        cursor.execute("RESET enable_seqscan")
    assert ["live_runs" in plan for plan in plans] == [True, True], plans
