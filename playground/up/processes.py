"""What the system knows about a process: enough to never end a stranger."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path


def command_of(pid: int) -> str:
    """The command line of a living process, arguments parted by spaces; empty if it does not live."""
    if Path("/proc/self/stat").exists():
        try:
            if _is_dead(Path(f"/proc/{pid}/stat").read_text()):
                return ""
            return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    done = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _is_dead(stat: str) -> bool:
    return stat.rpartition(")")[2].split()[0] in {"Z", "X"}


def end(pid: int, command: str, *, by: int = signal.SIGTERM, seconds: float = 20) -> bool:
    """End the process if it still is the one that `command` started. Whether there was one to end."""
    if command_of(pid) != command:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, by)
    deadline = time.monotonic() + seconds
    while command_of(pid) == command:
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            break
        time.sleep(0.05)
    return True
