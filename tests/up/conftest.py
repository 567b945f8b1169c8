"""A supervisor with a fake child list: the real one's parts are started in `make up` itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.up.processes import command_of

ROOT = Path(__file__).resolve().parent.parent.parent

# A child that is ready at once and writes down whom to look for; a grandchild, as a prefork worker has.
PROGRAM = """
import sys, time
from pathlib import Path
from playground.up.children import Child, Tier
from playground.up.folder import Folder
from playground.up.register import Register
from playground.up.supervisor import Stopping, Supervisor

folder = Folder(Path(sys.argv[1]))
folder.prepare()
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
children = [
    Child(name, sleep, tier, lambda: True, log=folder.logs / f"{name}.log")
    for name, tier in (("web", Tier.WEB), ("worker", Tier.WORKERS), ("engine", Tier.ENGINES))
]
register = Register(folder.path / "children.json")
supervisor = Supervisor(say=lambda line: print(line, flush=True), register=register)
with folder.held("http://localhost:1"), supervisor.signals():
    for name in register.end_orphans():
        print(f"ended {name}", flush=True)
    supervisor.spawn(*children)
    supervisor.wait_ready(*children)
    print("pids", *(child.process.pid for child in children), flush=True)
    supervisor.watch()
    supervisor.stop()
print("stopped", flush=True)
"""


class Started:
    """One run of the program, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", PROGRAM, str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def line(self, beginning: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith(beginning):
                return line.strip()
        raise AssertionError(f"it never said {beginning!r}")

    def pids(self) -> list[int]:
        return [int(pid) for pid in self.line("pids").split()[1:]]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Started]]:
    started: list[Started] = []

    def start_one() -> Started:
        started.append(Started(tmp_path / "data"))
        return started[-1]

    yield start_one
    for one in started:
        one.process.kill()
        one.process.wait()
        if one.process.stdout:
            one.process.stdout.close()


def all_gone(pids: list[int], *, seconds: float = 10) -> bool:
    """Asking the system, until the last one is gone or time is up."""
    deadline = time.monotonic() + seconds
    while any(command_of(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
