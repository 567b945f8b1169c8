"""No pinned version is below the floor (what is older has a known hole or fault), and ours is the changelog's."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from playground.floors import PACKAGES, is_older

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = ("requirements.txt", "requirements-demo.txt", "requirements-dev.txt")


def pins(file: str) -> dict[str, str]:
    lines = re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / file).read_text(), re.MULTILINE)
    return dict(lines)


@pytest.mark.parametrize("file", FILES)
def test_no_pin_is_below_its_floor(file: str) -> None:
    locked = pins(file)
    assert [name for name, floor in PACKAGES.items() if is_older(locked.get(name, "0"), floor)] == []


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_a_hash_and_no_host(file: str) -> None:
    text = (ROOT / file).read_text()
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_demo_and_the_tests_run_what_production_runs() -> None:
    production = pins("requirements.txt")
    for file in FILES[1:]:
        assert {name: pins(file).get(name) for name in production} == production


@pytest.mark.parametrize(("version", "floor"), [("5.2.18", "5.2.19"), ("4.9", "5.0"), ("9.0.4", "9.0.5")])
def test_older_is_older(version: str, floor: str) -> None:
    assert is_older(version, floor)
    assert not is_older(floor, version)


def test_the_version_is_the_newest_of_the_changelog() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == settings.VERSION
