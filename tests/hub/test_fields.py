from dataclasses import replace
from typing import Any

import pytest

from hub.tools.fields import KINDS, Field, FieldsInvalid, InputForm, check_fields, dump_fields, name_from, parse_fields

TITLE = Field(name="title", kind="text", label="Title")
TONE = Field(name="tone", kind="choice", label="Tone", choices=("friendly", "formal"))


def form(field: Field, value: object) -> InputForm:
    return InputForm([field], {f"input-{field.name}": value})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_survives_being_stored(kind: str) -> None:
    field = Field(name="one", kind=kind, label="One", choices=("a", "b") if kind == "choice" else ())
    assert parse_fields(dump_fields([field])) == (field,)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  as it is  ", "  as it is  "),
        ("long_text", "one\r\ntwo", "one\ntwo"),
        ("number", "12.50", "12.5"),
        ("number", "1e3", "1000"),
        ("checkbox", "on", True),
        ("checkbox", "", False),
    ],
)
def test_it_keeps_what_was_meant(kind: str, typed: str, kept: object) -> None:
    filled = form(Field(name="one", kind=kind, label="One"), typed)
    assert filled.is_valid(), filled.errors
    assert filled.inputs == {"one": kept}


def test_spaces_are_no_answer() -> None:
    assert form(TITLE, " \n ").errors["title"] == ["Please fill in “Title”."]


def test_what_may_be_left_out_is_kept_as_empty() -> None:
    for kind in ("text", "long_text", "number"):
        filled = form(Field(name="one", kind=kind, label="One", required=False), "")
        assert filled.is_valid()
        assert filled.inputs == {"one": ""}


def test_a_choice_that_was_not_offered_is_refused() -> None:
    assert not form(TONE, "rude").is_valid()


@pytest.mark.parametrize(("value", "is_right"), [("2", False), ("3", True), ("9", True), ("10", False), ("x", False)])
def test_limits_bound_a_number(value: str, is_right: bool) -> None:  # noqa: FBT001
    field = Field(name="n", kind="number", label="N", minimum=3, maximum=9)
    assert form(field, value).is_valid() is is_right


@pytest.mark.parametrize(("value", "is_right"), [("a", False), ("ab", True), ("abc", True), ("abcd", False)])
def test_limits_count_the_characters_of_a_text(value: str, is_right: bool) -> None:  # noqa: FBT001
    assert form(replace(TITLE, minimum=2, maximum=3), value).is_valid() is is_right


def test_a_text_is_never_endless() -> None:
    assert not form(TITLE, "x" * 501).is_valid()
    assert not form(replace(TITLE, kind="long_text"), "x" * 50_001).is_valid()


def test_a_nul_is_refused() -> None:
    assert not form(TITLE, "a\x00b").is_valid()


def test_the_first_wrong_field_gets_the_focus() -> None:
    filled = InputForm([TITLE, TONE], {"input-title": "x"})
    assert not filled.is_valid()
    assert "autofocus" in filled["tone"].as_widget()
    assert "autofocus" not in filled["title"].as_widget()


@pytest.mark.parametrize(
    ("change", "attribute"),
    [
        ({"name": "two words"}, "name"),
        ({"name": "9lives"}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"name": "run"}, "name"),
        ({"label": " "}, "label"),
        ({"kind": "file"}, "kind"),
        ({"kind": "choice"}, "choices"),
        ({"kind": "choice", "choices": ("a", "a")}, "choices"),
        ({"kind": "choice", "choices": ("a",), "default": "b"}, "default"),
        ({"minimum": 5, "maximum": 4}, "minimum"),
        ({"minimum": -1}, "minimum"),
    ],
)
def test_it_tells_the_author_what_to_mend(change: dict[str, Any], attribute: str) -> None:
    assert attribute in {problem.attribute for problem in check_fields([replace(TITLE, **change)])}


def test_two_fields_of_one_name_are_refused() -> None:
    assert [problem.message for problem in check_fields([TITLE, TITLE])] == ["Two fields are called “title”."]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        ["title"],
        [{"name": "a", "kind": "text"}],
        [{"name": "a", "kind": "text", "label": "A", "onclick": "x"}],
        [{"name": "a", "kind": "text", "label": 7}],
        [{"name": "a", "kind": "choice", "label": "A", "choices": [1]}],
        [{"name": "a", "kind": "text", "label": "A", "maximum": True}],
    ],
)
def test_what_is_no_form_is_not_parsed(data: object) -> None:
    with pytest.raises(FieldsInvalid):
        parse_fields(data)


def test_names_are_made_of_labels_in_any_script() -> None:
    taken: set[str] = set()
    labels = ["What did you sell?", "商品名", "¿Título?", "!!!", "Run"]
    assert [name_from(label, taken) for label in labels] == [
        "what_did_you_sell",
        "商品名",
        "título",
        "field",
        "field_run",
    ]


def test_a_name_is_made_once() -> None:
    assert name_from("Title", {"title", "title_2"}) == "title_3"


def test_help_and_errors_are_joined_to_the_input() -> None:
    field = replace(TITLE, help="As short as you can.")
    html = form(field, "")["title"].as_widget()
    assert 'aria-describedby="id_input-title_helptext id_input-title_error"' in html
    assert 'aria-invalid="true"' in html


def test_labels_and_values_are_only_text() -> None:
    attack = '"><img src=x onerror=alert(1)>'
    field = Field(name="one", kind="choice", label=attack, choices=(attack,), placeholder=attack, help=attack)
    assert "<img" not in str(InputForm([field]))
    assert "<img" not in str(form(replace(field, kind="text"), attack))
