"""No pinned version is below the floor (what is older has a known hole or fault), and ours is the changelog's."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from playground.floors import PACKAGES, is_older

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = ("requirements.txt", "requirements-demo.txt", "requirements-dev.txt")
EXTRAS = ("requirements-telemetry.txt", "requirements-clouds.txt")
CLIENTS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/clients/pins/*.txt"))


def pins(file: str) -> dict[str, str]:
    lines = re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / file).read_text(), re.MULTILINE)
    return dict(lines)


@pytest.mark.parametrize("file", FILES)
def test_no_pin_is_below_its_floor(file: str) -> None:
    locked = pins(file)
    assert [name for name, floor in PACKAGES.items() if is_older(locked.get(name, "0"), floor)] == []


@pytest.mark.parametrize("file", [*FILES, *EXTRAS, *CLIENTS])
def test_every_pin_has_a_hash_and_no_host(file: str) -> None:
    text = (ROOT / file).read_text()
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_every_pin_for_node_has_a_hash_and_no_host() -> None:
    packages = json.loads((ROOT / "tests/clients/pins/package-lock.json").read_text())["packages"]
    assert [name for name, pin in packages.items() if name and "integrity" not in pin] == []
    assert [name for name, pin in packages.items() if "resolved" in pin] == []


@pytest.mark.parametrize("file", [*FILES[1:], *EXTRAS])
def test_everything_else_runs_what_production_runs(file: str) -> None:
    production = pins("requirements.txt")
    assert {name: pins(file).get(name) for name in production} == production


def test_the_tests_have_what_the_clouds_need() -> None:
    """Without it the tests of their wires are skipped."""
    assert {"boto3", "google-auth"} <= pins("requirements-dev.txt").keys()


@pytest.mark.parametrize(("version", "floor"), [("5.2.18", "5.2.19"), ("4.9", "5.0"), ("9.0.4", "9.0.5")])
def test_older_is_older(version: str, floor: str) -> None:
    assert is_older(version, floor)
    assert not is_older(floor, version)


def test_the_version_is_the_newest_of_the_changelog() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == settings.VERSION
