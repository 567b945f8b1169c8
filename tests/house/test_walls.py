"""One door for each dangerous thing: a second one fails here."""

import ast
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


DANGEROUS = [
    r"\beval\(|\bexec\(|^\s*(?:import|from) (?:pickle|marshal|shelve)\b|yaml\.load\(|shell=True",
    r"RawSQL\(|RawQuerySet|\.extra\(",
    r"\*\*request\.(?:GET|POST)",
    r"csrf_exempt(?!\(public\(answer\)\))(?!\n)",
]


@pytest.mark.parametrize("pattern", DANGEROUS)
def test_there_is_no(pattern: str) -> None:
    assert {path for path in holding(f"(?m){pattern}", CODE) if "/migrations/" not in path} == set()


SENDING = {"execute", "executemany", "raw"}


def statements_put_together(source: str) -> set[str]:
    """What is sent to a database and is neither written out nor a constant of a module."""
    tree = ast.parse(source)
    inner = {
        name.id
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in ast.walk(function)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }

    def is_constant(value: ast.expr) -> bool:
        if isinstance(value, ast.Name):
            return value.id.isupper() and value.id not in inner
        return isinstance(value, ast.Constant)

    return {
        ast.unparse(call.args[0])
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SENDING
        if call.args and not is_constant(call.args[0])
    }


def test_a_statement_is_a_constant_or_was_written_by_the_orm() -> None:
    found = {path.relative_to(ROOT).as_posix(): statements_put_together(path.read_text()) for path in CODE}
    assert {path: statements for path, statements in found.items() if statements and "/migrations/" not in path} == {
        "playground/database/compiled.py": {"statement"},
        "playground/quota/closing.py": {"statement"},
        "playground/quota/ledger.py": {"statement"},
        "playground/quota/verify.py": {"TALLIES + check.breaches"},
        "playground/servers.py": {"sql.SQL('set statement_timeout = {}').format(_SECONDS * 1000)"},
    }


@pytest.mark.parametrize(
    "statement",
    ['f"SELECT {name}"', '"SELECT %s" % name', '"SELECT {}".format(name)', '"SELECT " + name', "FIRST + name", "name"],
)
@pytest.mark.parametrize("sending", ["cursor.execute", "cursor.executemany", "Run.objects.raw"])
def test_a_statement_that_is_put_together_is_seen(sending: str, statement: str) -> None:
    assert statements_put_together(f"{sending}(\n    {statement}, [1])")
    assert statements_put_together(f"def ask(name):\n    FIRST = {statement}\n    {sending}(FIRST)")
    assert not statements_put_together(f"FIRST = 'SELECT 1'\n{sending}(FIRST, [1])\n{sending}('SELECT 2')")


@pytest.mark.parametrize(
    "code", ["eval(words)", "builtins.eval(words)", "frame.eval(words)", "from pickle import loads"]
)
def test_code_from_words_is_seen(code: str) -> None:
    assert re.search(f"(?m){DANGEROUS[0]}", code)


def test_scripts_write_no_html_and_open_no_window() -> None:
    pattern = (
        r"window\.open\(|\.innerHTML\s*\+?=|\.outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function"
    )
    assert holding(pattern, SCRIPTS) == set()


def test_nothing_is_inline() -> None:
    inline = r"<script(?![^>]*(?:\ssrc=|application/json))|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|<iframe"
    assert holding(inline, TEMPLATES) == set()
