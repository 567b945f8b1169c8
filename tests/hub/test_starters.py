import re
from typing import Any

import pytest

from accounts.models import Department, User
from hub.starters import load_starters, starters
from hub.studio.forms import ICONS
from hub.tools.access import tools_for
from hub.tools.fields import InputForm, parse_fields
from hub.tools.models import Category, OutputKind, Tool
from hub.tools.rendering import render, template_problems, unused_fields
from hub.tools.schema import check_schema
from playground.catalog.models import Model

EACH = pytest.mark.parametrize("starter", starters(), ids=lambda starter: starter["name"])


@EACH
def test_its_texts_use_its_fields_and_no_others(starter: dict[str, Any]) -> None:
    fields = parse_fields(starter["fields"])
    texts = ["\n".join(starter[name]) for name in ("template", "system_text")]
    assert [problem for text in texts for problem in template_problems(text, [one.name for one in fields])] == []
    assert unused_fields(fields, *texts) == []


@EACH
def test_its_sample_is_taken_by_its_form(starter: dict[str, Any]) -> None:
    fields = parse_fields(starter["fields"])
    form = InputForm(fields, {f"input-{name}": value for name, value in starter["sample_inputs"].items()})
    assert form.is_valid(), form.errors
    rendered = render(fields, "\n".join(starter["system_text"]), "\n".join(starter["template"]), form.inputs)
    assert "{{" not in rendered.system + rendered.prompt


@EACH
def test_it_fits_the_hub(starter: dict[str, Any]) -> None:
    assert len(starter["name"]) <= 80
    assert len(starter["summary"]) <= 160
    assert starter["category"] in Category.values
    assert starter["icon"] in dict(ICONS)
    assert starter["output_kind"] in OutputKind.values


@EACH
def test_data_has_a_schema(starter: dict[str, Any]) -> None:
    if starter["output_kind"] == OutputKind.JSON:
        assert check_schema(starter["schema"]) == starter["schema"]


@EACH
def test_its_standing_instructions_hold_no_secret(starter: dict[str, Any]) -> None:
    text = "\n".join(starter["system_text"])
    assert not re.search(r"password|api.?key|secret|https?://|\b[\w.]+@[\w.]+\b|\d{6,}", text, re.IGNORECASE)


def test_loading_publishes_all_six_to_everyone(carol: User, sales: Department, alice: User, model: Model) -> None:
    assert len(load_starters(carol, sales)) == 6
    assert tools_for(alice).count() == 6
    assert {tool.versions.get().model for tool in Tool.objects.all()} == {model}


def test_loading_again_adds_nothing(carol: User, sales: Department, model: Model) -> None:
    load_starters(carol, sales)
    assert load_starters(carol, sales) == []
    assert Tool.objects.count() == 6
