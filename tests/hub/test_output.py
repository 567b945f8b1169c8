import json
from typing import Any

import pytest

from hub.tools.models import OutputKind
from hub.tools.output import check_output
from hub.tools.schema import Key, SchemaInvalid, check_schema, keys_of, parse_schema, schema_of
from hub.tools.shown import Pair, Table, shown

SCHEMA = schema_of(
    [
        Key("colour", allowed=("red", "blue")),
        Key("size", "integer", required=False),
        Key("tags", "texts", required=False, allowed=("new", "old")),
    ]
)


def problems(text: str, schema: dict[str, Any] | None = SCHEMA) -> list[str]:
    return list(check_output(OutputKind.JSON, schema, text).problems)


def test_the_right_answer_has_no_problems() -> None:
    checked = check_output(OutputKind.JSON, SCHEMA, '{"colour": "red", "size": 3}')
    assert checked.value == {"colour": "red", "size": 3}
    assert not checked.problems
    assert not checked.is_repaired


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"colour": "reddish"}, "Field “colour” must be one of “red”, “blue”; the model gave “reddish”."),
        ({}, "Field “colour” is missing."),
        ({"colour": "red", "size": "big"}, "Field “size” must be a whole number; the model gave “big”."),
        ({"colour": "red", "x": 1}, "Field “x” was not asked for."),
        ({"colour": "red", "tags": ["odd"]}, "Field “tags 1” must be one of “new”, “old”; the model gave “odd”."),
        ([], "Field “answer” must be a group of fields; the model gave []."),
    ],
)
def test_a_problem_is_a_sentence(answer: object, sentence: str) -> None:
    assert problems(json.dumps(answer)) == [sentence]


def test_limits_of_a_pasted_schema_are_sentences_too() -> None:
    schema = {"type": "object", "properties": {"t": {"maxLength": 2, "pattern": "^a"}, "n": {"minimum": 3, "not": {}}}}
    assert problems('{"t": "bcd"}', schema) == [
        "Field “t” may have at most 2 characters; the model gave “bcd”.",
        "Field “t” does not have the form that was asked for; the model gave “bcd”.",
    ]
    assert "Field “n” must be at least 3; the model gave 1." in problems('{"n": 1}', schema)
    assert "Field “n” is not as it was asked for; the model gave 4." in problems('{"n": 4}', schema)


def test_a_fence_around_the_data_is_no_repair() -> None:
    checked = check_output(OutputKind.JSON, SCHEMA, '```json\n{"colour": "red"}\n```')
    assert checked.value == {"colour": "red"}
    assert not checked.is_repaired


def test_what_was_repaired_is_checked_again() -> None:
    checked = check_output(OutputKind.JSON, SCHEMA, "Here you are: {'colour': 'green',}")
    assert checked.is_repaired
    assert checked.problems == ("Field “colour” must be one of “red”, “blue”; the model gave “green”.",)


@pytest.mark.parametrize("text", ["I am sorry.", "{}x" * 3, "[" * 100_000, "x" * 600_000, '"text"'])
def test_no_data_is_one_sentence_and_the_text_as_it_is(text: str) -> None:
    checked = check_output(OutputKind.JSON, SCHEMA, text)
    assert len(checked.problems) == 1
    assert checked.text == text


def test_an_empty_answer_is_a_problem_of_every_kind() -> None:
    for kind in OutputKind:
        assert check_output(kind, None, " ").problems == ("The model gave an empty answer.",)


def test_problems_come_to_an_end() -> None:
    text = json.dumps({"colour": "red", "tags": ["odd"] * 500})
    assert problems(text)[-1] == "There are more problems than these."
    assert len(problems(text)) == 11


def test_a_long_value_is_quoted_short() -> None:
    assert len(problems(json.dumps({"colour": "x" * 5_000}))[0]) < 200


def test_keys_make_a_schema_and_come_back() -> None:
    keys = keys_of(SCHEMA)
    assert keys is not None
    assert schema_of(keys) == SCHEMA


def test_a_schema_that_says_more_is_kept_as_pasted() -> None:
    assert keys_of(SCHEMA | {"minProperties": 2}) is None
    assert keys_of({"type": "object", "properties": {"a": {"type": ["string", "null"]}}}) is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"x"',
        '{"type": "string"}',
        '{"type": "object", "properties": {}}',
        '{"type": "object", "properties": {"a": {"type": "nope"}}}',
        '{"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:9/x.json"}}}',
        '{"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}}',
        "[" * 100_000,
        "x" * 20_001,
    ],
)
def test_what_is_no_schema_is_refused_in_words(text: str) -> None:
    with pytest.raises(SchemaInvalid, match=r"."):
        parse_schema(text)


def test_a_pattern_that_explodes_is_answered_at_once() -> None:
    schema = check_schema({"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}})
    assert problems(json.dumps({"a": "a" * 5_000 + "!"}), schema)


def test_objects_in_a_list_are_a_table() -> None:
    assert shown([{"a": 1, "b": True}, {"a": None}]) == Table(("a", "b"), (("1", "yes"), ("–", "")))


def test_an_object_is_names_with_values() -> None:
    value = {"one": "x", "many": ["a", "b"], "rows": [{"n": 1}], "deep": {"k": [1]}}
    assert shown(value) == (
        Pair("one", "x"),
        Pair("many", texts=("a", "b")),
        Pair("rows", table=Table(("n",), (("1",),))),
        Pair("deep", '{"k": [1]}'),
    )
