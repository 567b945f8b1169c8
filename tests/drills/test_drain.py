"""A worker that is told to go says goodbye to everybody."""

import signal
import time
from pathlib import Path

import pytest

from playground.runs.models import RunState
from tests.runs.asking import Asker, until_ended, until_text
from tests.stack import IMPATIENT, Stack

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

ESTABLISHED = "01"


def open_connections(port: int) -> int:
    """Of anybody to `port`, as the machine counts them."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(state == ESTABLISHED and int(peer.partition(":")[2], 16) == port for _, _, peer, state, *_ in lines)


def test_no_connection_to_a_provider_outlives_a_worker_that_was_told_to_go(stack: Stack, asked: Asker) -> None:
    long = asked.slowly(2000)
    until_text(long)
    assert open_connections(asked.provider.port) >= 1
    assert stack.worker is not None
    told = time.monotonic()
    stack.worker.send_signal(signal.SIGTERM)
    assert stack.worker.wait(timeout=30) == 0
    assert time.monotonic() - told < float(IMPATIENT["RUN_DRAIN_SECONDS"]) + 10
    assert open_connections(asked.provider.port) == 0
    assert (until_ended(long).state, long.error_code) == (RunState.INTERRUPTED, "restarted")
    assert b"The connections to providers are closed" in stack.log("worker")
