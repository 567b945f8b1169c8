"""PostgreSQL and Valkey for one test session: real ones, thrown away at the end."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from playground.up.ports import free_port, wait_open
from playground.up.postgres import STOP_SIGNAL, Cluster, wait_ready
from playground.up.valkey import Valkey

# A test database need not survive a power cut.
FAST = ("fsync=off", "full_page_writes=off", "max_connections=300", "shared_buffers=256MB")


class Services:
    """Starts both, puts their URLs into the environment before Django reads it, and stops them by pid."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="playground-tests-"))
        self.folder.chmod(0o755)
        self.cluster = Cluster(self.folder / "postgres", free_port(), "test", FAST)
        self.valkey = Valkey(self.folder / "valkey", free_port(), "test")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.cluster.initialise()
        self.valkey.initialise()
        log = (self.folder / "log").open("wb")
        self.processes = [
            subprocess.Popen(  # noqa: S603
                self.cluster.command(),
                preexec_fn=self.cluster.become(),  # noqa: PLW1509 - there is one thread
                cwd="/",
                stdout=log,
                stderr=log,
            ),
            subprocess.Popen(self.valkey.command(), cwd="/", stdout=log, stderr=log),  # noqa: S603
        ]
        if not (wait_ready(self.cluster) and wait_open(self.valkey.port)):
            raise RuntimeError((self.folder / "log").read_text())
        os.environ["DATABASE_URL"] = self.cluster.url
        os.environ["REDIS_URL"] = self.valkey.url

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.send_signal(STOP_SIGNAL)
        for process in self.processes:
            process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)
