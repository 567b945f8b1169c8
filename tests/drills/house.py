"""A playground with engines of its own, for drills that take an engine away."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connection, connections

from playground.quota.models import Reservation
from playground.quota.verify import verify
from playground.runs.models import LIVE_STATES, Run
from tests.drills.engines import Postgres, Streams
from tests.stack import Stack, wait_until


class House(Stack):
    """`postgres`, `broker` and `streams` are its own; within `visit()` this process's database is the house's too."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder / "postgres")
        self.broker = Streams(folder / "broker")
        self.streams = Streams(folder / "streams")
        self.sweeper: subprocess.Popen[bytes] | None = None
        super().__init__(
            folder,
            DJANGO_SETTINGS_MODULE="playground.settings",
            DATABASE_URL=self.postgres.cluster.url,
            REDIS_URL=self.broker.server.url,
            STREAM_REDIS_URL=self.streams.server.url,
            REDIS_KEY_PREFIX="house",
            RUN_REQUEUE_SECONDS="2",
        )

    def build(self) -> None:
        """The engines, and the tables."""
        for engine in (self.postgres, self.broker, self.streams):
            engine.start()
        with self.visit():
            call_command("migrate", verbosity=0)

    def open(self) -> None:
        """Everything that is not running; what a drill has killed, too."""
        for engine in (self.postgres, self.broker, self.streams):
            if engine.process is None or engine.process.poll() is not None:
                engine.start()
        if _is_gone(self.worker):
            self.start_worker()
        if _is_gone(self.web):
            self.start_web()
        if _is_gone(self.sweeper):
            self.sweeper = self.start_sweeper()

    def start_sweeper(self) -> subprocess.Popen[bytes]:
        return self._spawn("sweeper", "-m", "tests.drills.sweeper")

    def tear_down(self) -> None:
        if self.sweeper is not None:
            self.sweeper.kill()
            self.sweeper.wait()
        self.stop()
        for engine in (self.streams, self.broker, self.postgres):
            engine.stop()

    @contextmanager
    def visit(self) -> Iterator[None]:
        """This process's default database is the house's until the end."""
        parts = urlsplit(self.postgres.cluster.url)
        ours = connections.settings["default"]
        theirs = {
            "NAME": "playground",
            "USER": parts.username,
            "PASSWORD": parts.password,
            "HOST": parts.hostname,
            "PORT": parts.port,
        }
        before = {name: ours[name] for name in theirs}
        _change(ours, theirs)
        try:
            yield
        finally:
            _change(ours, before)

    def until_quiet(self, *, seconds: float = 90) -> None:
        """Until no run is live and no money is held."""
        live = Run.objects.filter(state__in=LIVE_STATES)
        try:
            wait_until(lambda: not live.exists(), seconds=seconds, what="no live run")
        except AssertionError:
            facts = ("state", "created_at", "started_at", "sent_at", "lease_until", "fence", "error_code")
            logs = [self.log(name).decode()[-3000:] for name in ("worker", "sweeper")]
            raise AssertionError("\n".join([str(datetime.now(UTC)), *map(str, live.values(*facts)), *logs])) from None
        assert not Reservation.objects.filter(state="held").exists()
        assert verify() == []


def _change(settings: dict[str, Any], to: dict[str, Any]) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has one
    settings.update(to)


def _is_gone(process: subprocess.Popen[bytes] | None) -> bool:
    return process is None or process.poll() is not None
