"""The data folder: whether it can be used, who uses it now, and the secrets made for it once."""

import base64
import contextlib
import errno
import fcntl
import json
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playground.up.ports import free_port, is_free
from playground.up.problems import Problem

_BYTES_NEEDED = 500_000_000


@dataclass(frozen=True)
class Folder:
    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "log"

    @property
    def ready(self) -> Path:
        return self.path / "ready"

    def prepare(self) -> None:
        """Make it, and find out now rather than from an engine's log whether it can be written."""
        try:
            for folder in (self.path, self.logs, self.ready):
                folder.mkdir(parents=True, exist_ok=True)
            probe = self.path / "writable"
            probe.write_text("")
            probe.unlink()
        except OSError as error:
            raise Problem(_cannot_write(self.path, error)) from None
        if (free := shutil.disk_usage(self.path).free) < _BYTES_NEEDED:
            raise Problem(
                f"Only {free // 1_000_000} MB are free for {self.path}; {_BYTES_NEEDED // 1_000_000} MB are needed. "
                "Make room, or put the data elsewhere: DATA_DIR=/path make up"
            )

    @contextlib.contextmanager
    def held(self, url: str) -> Iterator[None]:
        """Ours alone while we run; the system gives it back however we end."""
        with (self.path / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                pid, _, where = lock.read().strip().partition(" ")
                raise Problem(
                    f"The Playground of this folder already runs: {where or 'it is just starting'} (process {pid}). "
                    f"Stop it with Ctrl-C in its terminal, or: kill {pid}"
                ) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()} {url}")
            lock.flush()
            yield

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
        return self._kept("secrets.json", name, make)

    def port(self, name: str) -> int:
        """The same at each start where it is free."""
        port = int(self._kept("ports.json", name, lambda: str(free_port())))
        return port if is_free(port) else free_port()

    def lasting_port(self, name: str) -> int:
        """The same at each start, taken or not: others remember it."""
        return int(self._kept("ports.json", name, lambda: str(free_port())))

    def _kept(self, file: str, name: str, make: Callable[[], str]) -> str:
        path = self.path / file
        values: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if name not in values:
            values[name] = make()
            draft = path.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(values, indent=1))
            draft.replace(path)
        return values[name]


def encryption_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _cannot_write(path: Path, error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk of {path} is full. Make room, or put the data elsewhere: DATA_DIR=/path make up"
    nearest = next(folder for folder in (path, *path.parents) if os.path.exists(folder))  # noqa: PTH110 - False, not an error, where we may not look
    owner = f" (it belongs to user id {nearest.stat().st_uid}, mode {stat.filemode(nearest.stat().st_mode)})"
    return (
        f"{path} cannot be written: {error.strerror} at {nearest}{owner}. "
        "Make it writable, or put the data elsewhere: DATA_DIR=/path make up"
    )
