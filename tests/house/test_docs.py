"""What the documentation points at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
COMMANDS = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")} | {
    *("check", "collectstatic", "createsuperuser", "makemigrations", "migrate", "shell", "dbshell", "changepassword")
}


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_its_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_its_commands_exist(page: Path) -> None:
    text = page.read_text()
    assert set(re.findall(r"`make ([a-z]+)", text)) <= TARGETS
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= COMMANDS


def test_every_target_of_the_makefile_is_explained() -> None:
    explained = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {*explained, "demo", "dev"} == TARGETS
