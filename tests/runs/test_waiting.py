"""Waiting for an answer in one piece, when it came before, comes meanwhile, or never comes."""

import threading
import time

import pytest
from django.db import connection

from playground.runs.events import Position, append_end, wait_for
from playground.runs.finish import finish_queued
from playground.runs.models import Run, RunState
from tests.runs.asking import Start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker", "ledger_is_true")]


def end(run: Run) -> None:
    assert finish_queued(run, state=RunState.CANCELLED)


def test_a_run_that_has_ended_is_not_waited_for(start: Start) -> None:
    run = start()
    end(run)
    run.refresh_from_db()
    began = time.monotonic()
    assert wait_for(run, seconds=30).state == RunState.CANCELLED
    assert time.monotonic() - began < 1


def test_a_run_that_ends_meanwhile_is_seen_at_once(start: Start) -> None:
    run = start()

    def end_soon() -> None:
        time.sleep(0.5)
        end(run)
        append_end(run.pk, at=Position(), state=RunState.CANCELLED)
        connection.close()

    ending = threading.Thread(target=end_soon)
    ending.start()
    began = time.monotonic()
    assert wait_for(run, seconds=30).state == RunState.CANCELLED
    assert time.monotonic() - began < 5
    ending.join()


def test_an_end_that_no_stream_tells_is_found_in_the_row(start: Start) -> None:
    run = start()
    stale = Run.objects.get(pk=run.pk)
    end(run)
    began = time.monotonic()
    assert wait_for(stale, seconds=30).state == RunState.CANCELLED
    assert time.monotonic() - began < 5


def test_nobody_waits_longer_than_she_wants(start: Start) -> None:
    run = start()
    began = time.monotonic()
    assert wait_for(run, seconds=0.5).state == RunState.QUEUED
    assert time.monotonic() - began < 5
