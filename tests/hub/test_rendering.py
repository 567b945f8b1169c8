import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tools.errors import PromptTooLong
from hub.tools.fields import Field
from hub.tools.rendering import render, substitute, template_problems, unused_fields

A = Field(name="a", kind="text", label="A")
B = Field(name="b", kind="text", label="B", required=False)
BOX = Field(name="box", kind="checkbox", label="Box")


def prompt(template: str, **inputs: str | bool) -> str:
    return render([A, B, BOX], "", template, inputs).prompt


def test_a_marker_becomes_its_value() -> None:
    assert prompt("Write about {{ a }} and {{b}}.", a="cats", b="dogs") == "Write about cats and dogs."


def test_the_system_text_has_its_values_too() -> None:
    assert render([A], "Answer in {{a}}.", "Hi", {"a": "Spanish"}).system == "Answer in Spanish."


def test_a_checkbox_reads_as_yes_or_no() -> None:
    assert prompt("Emoji: {{box}}", box=True) == "Emoji: yes"
    assert prompt("Emoji: {{box}}", box=False) == "Emoji: no"
    assert prompt("Emoji: {{box}}") == "Emoji: no"


def test_what_was_left_empty_leaves_nothing() -> None:
    assert prompt("[{{b}}]", b="") == prompt("[{{b}}]") == "[]"


@pytest.mark.parametrize(
    "value", ["{{b}}", "{{ system_text }}", "{% include 'x' %}", "\\g<0>", "\\1", "${SECRET_KEY}", "{0.__class__}"]
)
def test_a_value_is_never_read_again(value: str) -> None:
    assert prompt("1 {{a}} 2 {{b}}", a=value, b="B") == f"1 {value} 2 B"


@pytest.mark.parametrize(
    "template",
    [
        "{{7*7}}",
        "{{''.__class__.__mro__[1].__subclasses__()}}",
        "{% include '/etc/hostname' %}",
        "{{ a.__class__ }}",
        "{{ a|center:100000000 }}",
        "{{env}}",
        "${SECRET_KEY}",
        "{a.__class__}",
        "{{ a",
    ],
)
def test_everything_else_is_text(template: str) -> None:
    assert prompt(template, a="A") == template


@pytest.mark.parametrize(
    "template",
    ["{{7*7}}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{{ a.__class__ }}", "{{a|center:9}}", "{{ a", "{{}}"],
)
def test_double_braces_that_hold_no_field_are_refused_at_save(template: str) -> None:
    (problem,) = template_problems(template, ["a"])
    assert "Double braces hold the name of a field and nothing else" in problem


def test_an_unknown_name_is_named_with_its_neighbours() -> None:
    assert template_problems("Sell {{ titel }}", ["title", "colour"]) == [
        "There is no field “titel”. Did you mean {{ title }}?"
    ]


def test_an_unknown_name_without_neighbours_says_what_to_do() -> None:
    (problem,) = template_problems("{{ zzz }}", ["title"])
    assert problem == "There is no field “zzz”. Add it to the form, or remove it here."


def test_single_braces_and_tags_of_other_languages_may_be_saved() -> None:
    assert template_problems('Answer as {"title": {"a": 1}} {% raw %} ${x} {{{a}}}', ["a"]) == []


def test_a_field_that_is_nowhere_is_pointed_out() -> None:
    assert unused_fields([A, B], "Use {{ a }}", "") == [B]
    assert unused_fields([A, B], "Use {{ a }}", "and {{ b }}") == []


def test_a_prompt_is_never_endless() -> None:
    with pytest.raises(PromptTooLong):
        prompt("{{a}}" * 5, a="x" * 50_000)


def test_a_template_is_never_endless() -> None:
    assert template_problems("x" * 20_001, []) == ["This text is longer than 20000 characters."]


PIECES = st.one_of(st.text(), st.sampled_from(["{{a}}", "{{ b }}", "{{c}}", "{{", "}}", "{%", "{{ a", "__class__"]))


@given(pieces=st.lists(PIECES, max_size=8), a=st.text(), b=st.one_of(st.text(), st.just("{{a}}")))
def test_a_prompt_holds_the_template_and_the_values_and_nothing_else(pieces: list[str], a: str, b: str) -> None:
    """Markers of fields, found by an independent hand, are the only places that differ from the template."""
    template = "".join(pieces)
    parts = re.split(r"\{\{[ \t]*(a|b)[ \t]*\}\}", template)
    values = {"a": a, "b": b}
    expected = "".join(values[part] if index % 2 else part for index, part in enumerate(parts))
    assert substitute(template, values) == expected
