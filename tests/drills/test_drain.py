"""A worker that is told to go says goodbye to everybody."""

import signal
import time

import pytest

from playground.runs.models import RunState
from tests.drills.sockets import connections_at
from tests.runs.asking import Asker, until_ended, until_text
from tests.stack import IMPATIENT, Stack

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]


def test_no_connection_to_a_provider_outlives_a_worker_that_was_told_to_go(stack: Stack, asked: Asker) -> None:
    long = asked.slowly(2000)
    until_text(long)
    assert connections_at(asked.provider.port)
    assert stack.worker is not None
    told = time.monotonic()
    stack.worker.send_signal(signal.SIGTERM)
    assert stack.worker.wait(timeout=30) == 0
    assert time.monotonic() - told < float(IMPATIENT["RUN_DRAIN_SECONDS"]) + 10
    assert connections_at(asked.provider.port) == []
    assert (until_ended(long).state, long.error_code) == (RunState.INTERRUPTED, "restarted")
    assert b"The connections to providers are closed" in stack.log("worker")
