import os
import signal
from collections.abc import Callable

import pytest

from tests.up.conftest import Started, all_gone

Start = Callable[[], Started]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_polite_signal_stops_every_child(start: Start, number: signal.Signals) -> None:
    one = start()
    pids = one.pids()
    one.send(number)
    one.line("stopped")
    assert one.process.wait(10) == 0
    assert all_gone(pids, seconds=0)


def test_kill_9_leaves_no_child(start: Start) -> None:
    one = start()
    pids = one.pids()
    one.send(signal.SIGKILL)
    assert all_gone(pids)


def test_a_child_that_dies_is_started_again_and_said_so(start: Start) -> None:
    one = start()
    web, *_ = one.pids()
    os.kill(web, signal.SIGKILL)
    assert "ended by SIGKILL" in one.line("web was")
    assert one.line("web is") == "web is back"


def test_a_second_start_says_where_the_first_runs(start: Start) -> None:
    one = start()
    one.pids()
    message = start().line("playground.up.problems.Problem")
    assert "already runs: http://localhost:1" in message
    assert f"process {one.process.pid}" in message


def test_after_kill_9_the_next_start_is_a_start_like_any_other(start: Start) -> None:
    one = start()
    pids = one.pids()
    one.send(signal.SIGKILL)
    one.process.wait(10)
    assert start().pids() != pids
