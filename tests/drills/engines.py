"""Servers that a drill may stop, kill and start again; they are nobody else's."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from playground.up.ports import free_port, wait_open
from playground.up.postgres import STOP_SIGNAL, Cluster, wait_ready
from playground.up.valkey import Valkey
from tests.services import FAST


class Engine:
    """One server as a child of ours."""

    def __init__(
        self, command: list[str], is_ready: Callable[[], bool], *, become: Callable[[], None] | None = None
    ) -> None:
        self._command = command
        self._is_ready = is_ready
        self._become = become
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            self._command,
            preexec_fn=self._become,  # noqa: PLW1509 - a server is started by one thread
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._is_ready(), f"{self._command[0]} did not start"

    def stop(self, number: int = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(30)
            self.process = None


class Postgres(Engine):
    def __init__(self, folder: Path) -> None:
        self.cluster = Cluster(folder, free_port(), "test", FAST)
        self.cluster.initialise()
        super().__init__(self.cluster.command(), lambda: wait_ready(self.cluster), become=self.cluster.become())

    def stop(self, number: int = STOP_SIGNAL) -> None:
        """Fast: open transactions are rolled back, everybody is sent away."""
        super().stop(number)


class Streams(Engine):
    """A Valkey that keeps nothing: killed and started, it comes back empty."""

    def __init__(self, folder: Path) -> None:
        self.server = Valkey(folder, free_port(), "test")
        self.server.initialise()
        super().__init__(self.server.command(), lambda: wait_open(self.server.port))
