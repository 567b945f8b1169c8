"""Ports on loopback: which are free, and who has the one that is not."""

import contextlib
import socket
import time
from pathlib import Path

from playground.up.problems import Problem
from playground.up.processes import command_of

_LISTENING = "0A"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        # As servers bind: a port whose connections are only waiting to close is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def require_free(port: int, *, host: str, advice: str) -> None:
    if is_free(port, host=host):
        return
    owner = owner_of(port)
    raise Problem(f"Port {port} is taken{f' by {owner}' if owner else ''}. {advice}")


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_open(port: int, *, seconds: float = 30) -> bool:
    """Whether somebody listens on `port` within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_open(port):
            return True
        time.sleep(0.05)
    return False


def owner_of(port: int) -> str:
    """ "process 123 (command)", or nothing where the system does not tell."""
    inodes = _listening_inodes(port)
    for folder in Path("/proc").glob("[0-9]*") if inodes else ():
        with contextlib.suppress(OSError):
            if any(str(handle.readlink()) in inodes for handle in (folder / "fd").iterdir()):
                return f"process {folder.name} ({command_of(int(folder.name))[:80]})"
    return ""


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == _LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{columns[9]}]")
    return inodes
