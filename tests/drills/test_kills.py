"""kill -9 at random moments, of everything, while everybody asks by every door."""

import asyncio
import contextlib
import logging
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection

from playground.runs.models import Run, RunState
from tests.drills.crowd import Crowd, dice_of
from tests.drills.house import House
from tests.fake_provider import FakeProvider

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("drills")]

TEXT = " ".join(f"word{number}" for number in range(60))
SEED = int(os.environ.get("DRILL_SEED", "20261121"))
LEAST_PROMISES, MOST_SECONDS_MORE = 15, 60
SECONDS = float(os.environ.get("DRILL_SECONDS", "10"))

logger = logging.getLogger(__name__)


class Killer:
    """Kills somebody every half a second or so; what was killed is started again meanwhile."""

    def __init__(self, house: House, dice: random.Random) -> None:
        self.house = house
        self.dice = dice
        self.killed: list[str] = []
        self._starting: list[threading.Thread] = []

    def work(self, seconds: float, enough: Callable[[], bool]) -> None:
        """For so long, and until there was `enough` to harm: a busy machine starts its servers slowly."""
        ends_at = time.monotonic() + seconds
        while (left := ends_at - time.monotonic()) > 0 or (not enough() and left > -MOST_SECONDS_MORE):
            time.sleep(self.dice.uniform(0.2, 1.0))
            kind = self.dice.choice([self._process, self._backend, self._connection])
            try:
                kind()
            except DatabaseError:
                continue  # it is still getting up from the last time
            finally:
                forget_connections()
        for start in self._starting:
            start.join()

    def _process(self) -> None:
        """A worker or a web server, unless one is still on its way."""
        if any(start.is_alive() for start in self._starting):
            return
        name = self.dice.choice(["worker", "web"])
        victim: subprocess.Popen[bytes] = getattr(self.house, name)
        victim.kill()
        victim.wait()
        self.killed.append(name)
        start = threading.Thread(target=getattr(self.house, f"start_{name}"))
        start.start()
        self._starting.append(start)

    def _backend(self) -> None:
        """One of PostgreSQL's own: it sends everybody else away, and recovers from its log."""
        for pid in self._one_of_theirs():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.killed.append("backend")

    def _connection(self) -> None:
        for pid in self._one_of_theirs():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
            self.killed.append("connection")

    def _one_of_theirs(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            pids = sorted(pid for (pid,) in cursor.fetchall())
        return self.dice.sample(pids, k=min(1, len(pids)))


def forget_connections() -> None:
    """This process's own may have been among those that were killed."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has one


def test_whoever_is_killed_no_promise_is_broken_and_the_book_is_true(
    house: House, crowd: Crowd, fake_provider: FakeProvider
) -> None:
    fake_provider.script(text=TEXT, rate=30)
    forget_connections()
    killer = Killer(house, dice_of(SEED))
    killing = threading.Thread(target=killer.work, args=[SECONDS, lambda: len(crowd.promises) >= LEAST_PROMISES])
    killing.start()
    asyncio.run(crowd.ask(people=8, until=lambda: not killing.is_alive(), seed=SEED))
    killing.join()
    forget_connections()
    house.until_quiet()
    happened = f"seed {SEED}: killed {killer.killed}, refused {crowd.refused}, {len(crowd.promises)} promises"
    logger.info(happened)
    assert len(set(killer.killed)) > 1, happened
    assert len(crowd.promises) >= LEAST_PROMISES, happened
    assert set(crowd.refused) <= {503}, happened
    for promise in crowd.promises:
        run = promise.run()
        assert run.state in {RunState.DONE, RunState.INTERRUPTED}, happened
        assert run.output == TEXT if run.state == RunState.DONE else TEXT.startswith(run.output), happened
        assert run.output.startswith(promise.seen), happened
    asked = fake_provider.counts()["by_prompt"]
    assert max(asked.values()) == 1, happened
    assert sum(asked.values()) <= Run.objects.count()
