import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from playground.up import folder as folder_module
from playground.up.folder import Folder
from playground.up.problems import Problem
from tests.up.conftest import ROOT


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match=r"cannot be written: .* DATA_DIR="):
        Folder(tmp_path / "file" / "data").prepare()


def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    tmp_path.parent.chmod(0o755)
    program = (
        "import os, sys; from pathlib import Path; from playground.up.folder import Folder\n"
        "os.geteuid() == 0 and os.setuid(65534)\n"
        "Folder(Path(sys.argv[1])).prepare()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "data")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert "cannot be written: Permission denied" in done.stderr


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "_BYTES_NEEDED", 10**18)
    with pytest.raises(Problem, match="Make room"):
        Folder(tmp_path).prepare()


def test_secrets_are_made_once_and_for_our_eyes_only(tmp_path: Path) -> None:
    first = Folder(tmp_path).secret("SECRET_KEY")
    assert Folder(tmp_path).secret("SECRET_KEY") == first
    assert Folder(tmp_path).secret("other") != first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_the_port_of_sign_in_stays_the_same(tmp_path: Path) -> None:
    assert Folder(tmp_path).lasting_port("identity") == Folder(tmp_path).lasting_port("identity")


def test_a_lock_of_a_dead_process_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("4194000 http://localhost:8000")
    with Folder(tmp_path).held("http://localhost:8001"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()} http://localhost:8001"


def test_secrets_survive_a_second_name(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.secret("a")
    folder.secret("b")
    assert set(json.loads((tmp_path / "secrets.json").read_text())) == {"a", "b"}
