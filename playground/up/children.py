"""A child of the supervisor: one command, how it is known to be ready, how it is stopped."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOG_BYTES = 5_000_000


class Tier(IntEnum):
    """The order in which children are stopped."""

    WEB = 0
    WORKERS = 1
    BEAT = 2
    PROVIDERS = 3
    ENGINES = 4


@dataclass
class Child:
    name: str
    command: list[str]
    tier: Tier
    is_ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    stop_signal: int = signal.SIGTERM
    # What the system sends it when the supervisor itself is killed. An engine can still close its files; anything
    # else would only wait for engines that are going away too.
    orphan_signal: int = signal.SIGKILL
    grace: float = 15
    log: Path | None = None
    become: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    restart_at: float | None = field(default=None, init=False)
    deaths: int = field(default=0, init=False)
    was_ready: bool = field(default=False, init=False)

    def start(self) -> None:
        """In a process group of its own: a Ctrl-C at the terminal reaches the supervisor alone."""
        output = self.log.open("ab") if self.log else None
        try:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                process_group=0,
                preexec_fn=_prepared(self.become, self.orphan_signal),  # noqa: PLW1509 - there is one thread
            )
        finally:
            if output:
                output.close()
        self.started_at, self.restart_at = time.monotonic(), None

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.process and self.is_alive:
            self.process.send_signal(number)

    def kill(self) -> None:
        """It and what it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ending(self) -> str:
        code = self.process.poll() if self.process else None
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def last_words(self, lines: int = 12) -> str:
        if self.log is None or not self.log.exists():
            return ""
        text = self.log.read_bytes()[-8_000:].decode(errors="replace")
        return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])

    def trim_log(self) -> None:
        """The child goes on writing to the same file, so that is copied away and emptied."""
        if self.log and self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)


def _prepared(become: Callable[[], None] | None, orphan_signal: int) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        if become:
            become()
        if sys.platform == "linux":
            # After `become`: a change of user clears it.
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, orphan_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare
