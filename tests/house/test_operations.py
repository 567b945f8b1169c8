"""The alert rules and the dashboard name metrics that there are, with labels that they have."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from playground.traffic.cooldowns import Cooldown
from playground.traffic.folding import fold_all
from playground.traffic.metrics import exposition
from tests.traffic.conftest import FAST, EndRun, end_run

__all__ = ["end_run"]
pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs/operations"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.fixture
def known(end_run: EndRun, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The labels of every sample that /metrics can have."""
    rests = Cooldown(FAST, "rate_limited", seconds=5.0)
    monkeypatch.setattr("playground.traffic.metrics.cooldowns", lambda: [rests])
    end_run()
    end_run(state="failed", error_code="timed_out", calls=((FAST, "timed_out"),))
    fold_all()
    families = text_string_to_metric_families(exposition().decode())
    return {sample.name: set(sample.labels) for family in families for sample in family.samples}


@pytest.mark.parametrize("query", [*QUERIES, *(rule["expr"] for rule in RULES)])
def test_a_query_names_what_there_is(query: str, known: dict[str, set[str]]) -> None:
    names = set(re.findall(r"\bplayground_\w+", query))
    assert names
    assert names <= known.keys()
    labels = {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", query) for label in group.split(",")}
    labels |= set(re.findall(r"(\w+)=~?\"", query))
    for name in names:
        assert labels <= known[name], name


@pytest.mark.parametrize("query", [*QUERIES, *(rule["expr"] for rule in RULES)])
def test_a_query_is_well_formed(query: str) -> None:
    for opening, closing in ("()", "[]", "{}"):
        assert query.count(opening) == query.count(closing)
    for metric, rest in re.findall(r"\b(playground_\w+_(?:total|bucket))((?:\{[^}]*\})?\[?)", query):
        assert rest.endswith("["), f"{metric} only grows: it needs a rate"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["annotations"].keys() == {"summary", "action"}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert re.fullmatch(r"\d+[sm]", rule.get("for", "0s"))


def test_the_dashboard_can_be_imported() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
