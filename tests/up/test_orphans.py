import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.up.processes import command_of
from playground.up.register import Register


@pytest.fixture
def orphan() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def recorded(folder: Path, pid: int, command: str) -> Register:
    row = {"name": "web", "pid": pid, "command": command, "signal": 15}
    (folder / "children.json").write_text(json.dumps([row]))
    return Register(folder / "children.json")


def test_it_ends_what_a_killed_start_left_behind(tmp_path: Path, orphan: subprocess.Popen[bytes]) -> None:
    register = recorded(tmp_path, orphan.pid, command_of(orphan.pid))
    assert register.end_orphans() == ["web"]
    assert orphan.wait(10) == -15


def test_it_leaves_a_stranger_with_the_same_pid_alone(tmp_path: Path, orphan: subprocess.Popen[bytes]) -> None:
    register = recorded(tmp_path, orphan.pid, "uvicorn of another day")
    assert register.end_orphans() == []
    assert orphan.poll() is None


def test_a_register_that_was_cut_off_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "children.json").write_text('[{"name": "w')
    assert Register(tmp_path / "children.json").end_orphans() == []
