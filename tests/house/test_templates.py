"""Templates stay under the strict content policy: nothing inline, nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix()
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in {".html", ".txt", ".svg"}
)
FORBIDDEN = {
    "an inline style": r"\sstyle=",
    "an inline script": r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    "an inline style sheet": r"<style",
    "an event handler": r"\s(?:on[a-z]+|hx-on[:a-z-]*)=",
    "a file from elsewhere": r"(?:src|<link[^>]*href)=\"(?:https?:)?//",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_keeps_to_the_content_policy(name: str) -> None:
    text = re.sub(r"{#.*?#}", "", (ROOT / "templates" / name).read_text(), flags=re.DOTALL)
    assert [fault for fault, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []
