"""Each run that ends counts once, in every tally it belongs to, whoever dies when."""

import os
import secrets
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import User
from playground.quota import ledger
from playground.quota.models import LedgerEntry
from playground.runs.models import Run, RunState
from playground.runs.start import cancel_run
from playground.traffic.folding import fold, fold_all
from playground.traffic.models import Dimension, EndedRun, Slip, Span, Tally
from playground.traffic.rebuilding import rebuild
from playground.traffic.tallies import Tallies
from playground.traffic.trimming import trim
from tests.runs.asking import Start
from tests.stack import database_url_of_tests, wait_until
from tests.traffic.conftest import FAST, SLOW, EndRun

pytestmark = pytest.mark.django_db


def tally(dimension: str = Dimension.ALL, key: str = "", *, span: str = Span.DAY, department: int = 0) -> Tally:
    return Tally.objects.get(dimension=dimension, key=key, span=span, department_id=department)


def everything() -> list[dict[str, Any]]:
    """All that was counted, but for the numbers of the rows."""
    rows: list[dict[str, Any]] = [dict(row) for table in (Tally, EndedRun) for row in table.objects.values()]
    return sorted(({name: row[name] for name in row if name != "id"} for row in rows), key=repr)


def mixed(end_run: EndRun, eve: User) -> Run:
    """A bit of everything; the last run is given."""
    now = timezone.now()
    end_run(calls=((FAST, "overloaded"), (FAST, "overloaded"), (SLOW, "")), at=now)
    end_run(user=eve, tool_version="title-writer v3", source="hub", state=RunState.CANCELLED, at=now)
    end_run(state=RunState.FAILED, error_code="rate_limited", calls=((FAST, "rate_limited"),), cost=0, at=now)
    end_run(calls=(), state=RunState.FAILED, error_code="not_started", first_token=None, at=now)
    return end_run(model="Careful", at=now - timedelta(hours=3))


def test_a_run_counts_in_everything_it_belongs_to(end_run: EndRun, alice: User) -> None:
    run = end_run(tool_version="title-writer v3", source="hub")
    fold()
    for dimension, key in [("all", ""), ("model", "Quick"), ("tool", "title-writer"), ("source", "hub")]:
        for department in (0, run.department_id):
            counted = tally(dimension, key, department=department)
            assert (counted.requests, counted.cost, counted.output_tokens) == (1, 1000, 100), dimension
    assert tally("department", str(run.department_id)).requests == 1
    assert tally("deployment", FAST).requests == tally("provider", "OpenAI").requests == 1
    assert {row.span for row in Tally.objects.filter(dimension="all")} == set(Span.values)


def test_runs_of_one_hour_are_added_up(end_run: EndRun) -> None:
    now = timezone.now()
    end_run(at=now, took=2)
    fold()
    end_run(at=now, took=60, cost=500)
    fold()
    counted = tally()
    assert (counted.requests, counted.cost, counted.total_ms) == (2, 1500, 62_000)
    assert sum(counted.total) == sum(counted.first_token) == 2


def test_a_failure_counts_with_its_cause(end_run: EndRun) -> None:
    for cause in ("rate_limited", "timed_out", "rate_limited"):
        end_run(state=RunState.FAILED, error_code=cause, calls=((FAST, cause),))
        fold()
    assert (tally().failed, tally().causes) == (3, {"rate_limited": 2, "timed_out": 1})
    assert tally("provider", "OpenAI").causes == {"rate_limited": 2, "timed_out": 1}


def test_what_a_person_stopped_is_no_failure(end_run: EndRun) -> None:
    end_run(state=RunState.CANCELLED)
    fold()
    assert (tally().stopped, tally().failed) == (1, 0)


def test_calls_are_counted_where_they_went_and_usage_where_it_was_answered(end_run: EndRun) -> None:
    end_run(calls=((FAST, "overloaded"), (FAST, "overloaded"), (SLOW, "")))
    fold()
    fast, slow = tally("deployment", FAST), tally("deployment", SLOW)
    assert (fast.requests, fast.failed, fast.retries, fast.fallbacks, fast.cost) == (2, 2, 1, 1, 0)
    assert (slow.requests, slow.failed, slow.retries, slow.fallbacks, slow.cost) == (1, 0, 0, 0, 1000)
    assert (tally().requests, tally().fallbacks, tally().retries) == (1, 1, 1)


def test_what_a_failed_call_cost_counts_where_it_was_spent(end_run: EndRun) -> None:
    run = end_run(calls=((FAST, "broken"), (SLOW, "")), cost=1000, tokens=100)
    run.attempts.filter(number=1).update(cost=300, input_tokens=40, output_tokens=30)
    fold()
    fast, slow = tally("deployment", FAST), tally("deployment", SLOW)
    assert (fast.cost, fast.input_tokens, slow.cost, slow.input_tokens) == (300, 40, 700, 60)
    as_it_came = everything()
    rebuild()
    assert everything() == as_it_came


def test_names_as_long_as_they_may_be_are_counted(end_run: EndRun) -> None:
    def name(length: int) -> str:
        return "".join(chr(0x1F300 + secrets.randbelow(500)) for _ in range(length))

    calls = tuple((f"{name(200)} at {name(80)}", "overloaded") for _ in range(8))
    for one in (calls, tuple((f"m-{number} at P", "broken") for number in range(20))):
        end_run(model=name(100), source="hub", tool_version="t" * 97 + " v1", calls=one)
    end_run(
        model=name(100),
        source="hub",
        tool_version="t" * 97 + " v1",
        calls=calls,
        state="failed",
        error_code="overloaded",
    )
    assert fold() == 3
    assert EndedRun.objects.filter(failed_at__contains=["P", "m-19 at P"]).count() == 1


def test_tokens_a_second_come_from_answers_that_began(end_run: EndRun) -> None:
    end_run(first_token=0.5, took=2.5, tokens=100)
    end_run(first_token=None, state=RunState.FAILED, error_code="timed_out", tokens=0)
    fold()
    assert (tally().streamed_tokens, tally().streaming_ms) == (100, 2000)


def test_a_run_that_ended_in_the_queue_counts(start: Start, django_capture_on_commit_callbacks: Any) -> None:
    cancel_run(start())
    fold()
    assert (tally().requests, tally().stopped, Slip.objects.count()) == (1, 1, 0)


def test_whoever_ends_a_run_it_is_noted(start: Start) -> None:
    run = start()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE playground_run SET state = 'failed', finished_at = now() WHERE id = %s", [run.pk])
    assert Slip.objects.filter(run_id=run.pk).count() == 1


def test_a_correction_counts_in_the_hour_of_its_run(end_run: EndRun) -> None:
    run = end_run(at=timezone.now() - timedelta(days=3))
    fold()
    Run.objects.filter(pk=run.pk).update(cost=700, output_tokens=70)
    fold()
    assert (tally().cost, tally().output_tokens, tally().requests) == (700, 70, 1)
    assert tally("provider", "OpenAI").cost == EndedRun.objects.get(pk=run.pk).cost == 700


def test_a_run_that_is_corrected_before_it_was_folded_counts_once(end_run: EndRun) -> None:
    run = end_run()
    Run.objects.filter(pk=run.pk).update(cost=700)
    fold()
    assert (tally().cost, tally().requests) == (700, 1)


def test_an_adjustment_of_the_money_book_counts(start: Start, dana: User) -> None:
    run = start()
    cancel_run(run)
    fold()
    ledger.adjust(LedgerEntry.objects.get(kind="release"), amount=50, actor=dana, reason="The provider billed it.")
    fold()
    assert tally().cost == 50


def fail(_: Tallies) -> None:
    raise OperationalError


def test_a_fold_that_fails_half_way_counts_nothing_and_loses_nothing(
    end_run: EndRun, eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed(end_run, eve)
    monkeypatch.setattr(Tallies, "write", fail)
    with pytest.raises(OperationalError):
        fold()
    assert (Slip.objects.count(), Tally.objects.count(), EndedRun.objects.count()) == (5, 0, 0)


DIE = """
import time, django; django.setup()
from django.db import transaction
from playground.traffic.folding import fold
with transaction.atomic():
    print(fold(), flush=True)
    time.sleep(600)
"""


@pytest.mark.django_db(transaction=True)
def test_a_fold_that_is_killed_is_done_again_by_the_next(end_run: EndRun, eve: User) -> None:
    mixed(end_run, eve)
    environment = os.environ | {
        "DATABASE_URL": database_url_of_tests(),
        "DJANGO_SETTINGS_MODULE": "playground.settings",
    }
    folding = subprocess.Popen([sys.executable, "-c", DIE], env=environment, stdout=subprocess.PIPE)  # noqa: S603
    assert folding.stdout is not None
    assert folding.stdout.readline() == b"5\n"
    assert fold() == 0, "two fold at once"
    folding.send_signal(signal.SIGKILL)
    folding.wait(timeout=30)
    folding.stdout.close()
    wait_until(fold, seconds=30, what="a database that has noticed")
    days = Tally.objects.filter(dimension="all", span=Span.DAY, department_id=0)
    assert (sum(day.requests for day in days), EndedRun.objects.count(), Slip.objects.count()) == (5, 5, 0)


def test_folding_bit_by_bit_gives_what_a_count_from_scratch_gives(end_run: EndRun, eve: User) -> None:
    for _ in range(3):
        last = mixed(end_run, eve)
        fold()
    Run.objects.filter(pk=last.pk).update(cost=1)
    fold()
    as_they_came = everything()
    assert rebuild() == 15
    assert everything() == as_they_came


def test_old_hours_live_on_in_their_days(end_run: EndRun) -> None:
    end_run(at=timezone.now() - timedelta(days=60))
    fold_all()
    assert set(Tally.objects.values_list("span", flat=True)) == {Span.DAY, Span.MONTH}
    end_run()
    fold_all()
    hours = Tally.objects.filter(span=Span.HOUR)
    hours.update(starts=timezone.now() - timedelta(days=41))
    trim()
    assert not hours.exists()
    assert Tally.objects.filter(span=Span.DAY, dimension="all", department_id=0).count() == 2


def test_many_runs_take_as_many_statements_as_few(end_run: EndRun, django_assert_num_queries: Any) -> None:
    for count in (3, 30):
        for _ in range(count):
            end_run()
        with django_assert_num_queries(8):
            fold()
