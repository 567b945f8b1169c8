"""docs/settings.md and .env.example cannot lie: they name what playground/settings.py reads, no more, no less."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Read by `make up` alone, not by the settings.
OF_UP = {"PORT", "HOST", "DATA_DIR", "DEMO_PROVIDER"}
# Read by compose.yaml alone.
OF_COMPOSE = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD"}


def read() -> set[str]:
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"", (ROOT / "playground/settings.py").read_text()))


def documented() -> set[str]:
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))


def exemplified() -> set[str]:
    return set(re.findall(r"^#? ?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_settings_read_something() -> None:
    assert len(read()) > 20


def test_every_setting_has_its_line_in_the_documentation() -> None:
    assert documented() == read() | OF_UP


def test_every_setting_is_in_the_example() -> None:
    assert exemplified() == read() | OF_UP | OF_COMPOSE


def test_the_example_holds_no_secret() -> None:
    text = (ROOT / ".env.example").read_text()
    assert re.findall(r"^(?:SECRET_KEY|CREDENTIAL_KEYS|\w*(?:PASSWORD|SECRET|API_KEY))=(.+)$", text, re.MULTILINE) == []
