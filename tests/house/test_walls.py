"""One door for each dangerous thing: a second one fails here."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = [
    path
    for room in ("accounts", "playground", "hub")
    for path in (ROOT / room).rglob("*.py")
    if not path.is_relative_to(ROOT / "playground/demo") and not path.is_relative_to(ROOT / "playground/up")
]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))
SCRIPTS = list((ROOT / "static/js").glob("*.js"))


def holding(pattern: str, files: list[Path]) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in files if re.search(pattern, path.read_text())}


def test_only_what_was_rendered_from_markdown_is_trusted_in_a_template() -> None:
    for path in TEMPLATES:
        assert set(re.findall(r"{{\s*([^}|]+)\|[^}]*\bsafe\b", path.read_text())) <= {"run.output_html"}, path
    assert holding(r"{%\s*autoescape\s+off|\|\s*safeseq", TEMPLATES) == set()


def test_html_is_made_in_one_place() -> None:
    assert holding(r"\bmark_safe\(|SafeString\(", CODE) <= {
        "playground/lib/markdown.py",
        "playground/templatetags/ui.py",
    }


def test_only_adapters_and_the_sign_in_ask_the_network() -> None:
    asking = holding(
        r"(?m)^\s*(?:import|from) (?:requests|urllib\.request|urllib3|httpx\w*|aiohttp|http\.client)\b", CODE
    )
    asking = {path for path in asking if not path.startswith("playground/gateway/providers/")}
    assert asking <= {"accounts/adapter.py", "accounts/oidc.py"}


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<!\.)\beval\(|\bexec\(|^\s*import (?:pickle|marshal|shelve)|yaml\.load\(|shell=True",
        r"RawSQL\(|\.extra\(",
        r"\.execute\(\s*f[\"']|\.execute\([^)\n]*[\"']\s*%|\.execute\([^)\n]*\.format\(",
        r"\*\*request\.(?:GET|POST)",
        r"csrf_exempt(?!\(public\(answer\)\))(?!\n)",
    ],
)
def test_there_is_no(pattern: str) -> None:
    assert {path for path in holding(f"(?m){pattern}", CODE) if "/migrations/" not in path} == set()


def test_a_statement_for_rows_is_a_constant_or_was_written_by_the_orm() -> None:
    assert holding(r"\.raw\((?![A-Z]+,)|RawQuerySet", CODE) == {"playground/database/compiled.py"}


def test_scripts_write_no_html_and_open_no_window() -> None:
    pattern = (
        r"window\.open\(|\.innerHTML\s*\+?=|\.outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function"
    )
    assert holding(pattern, SCRIPTS) == set()


def test_nothing_is_inline() -> None:
    inline = r"<script(?![^>]*(?:\ssrc=|application/json))|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|<iframe"
    assert holding(inline, TEMPLATES) == set()
