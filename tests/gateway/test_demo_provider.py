"""The demonstration: useful to look at, honest about itself, the same each time."""

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.demo.provider.answers import answer_for
from playground.demo.provider.ask import Ask, read, tokens
from playground.demo.provider.schema import fill
from playground.demo.provider.script import parse
from playground.demo.provider.serve import RATES, Answering
from playground.demo.provider.wires.chat import Chat
from tests.fake_provider import FakeProvider


def _ask(prompt: str, *, model: str = "demo-quick", **more: Any) -> Ask:
    return read({"model": model, "messages": [{"role": "user", "content": prompt}], **more})


@pytest.mark.parametrize(
    ("prompt", "notice"),
    [
        ("What is the best way to plan a launch?", "This is a demonstration"),
        ("¿Cómo preparo una reunión con el equipo?", "Esto es una demostración"),
        ("Como você prepara uma reunião com a equipe?", "Isto é uma demonstração"),
        ("会議の準備について教えてください", "これはデモです"),
        ("", "This is a demonstration"),
    ],
)
def test_it_says_what_it_is_in_the_language_of_the_question(prompt: str, notice: str) -> None:
    assert notice in answer_for(_ask(prompt)).text


@pytest.mark.parametrize(
    ("prompt", "sign"),
    [
        ("Put fruit prices into a table", "| --- |"),
        ("Write code that sorts words", "```python"),
        ("Give me a list of ideas for lunch", "\n"),
        ("Answer as JSON about bicycles", "```json"),
    ],
)
def test_it_shows_what_was_asked_for(prompt: str, sign: str) -> None:
    text = answer_for(_ask(prompt)).text
    assert sign in text
    assert f"> **You asked:** {prompt}" in text
    assert text.startswith("## ")


def test_the_same_question_has_the_same_answer_and_another_has_another() -> None:
    assert answer_for(_ask("Plan a trip")) == answer_for(_ask("Plan a trip"))
    assert answer_for(_ask("Plan a trip")) != answer_for(_ask("Plan a party"))


def test_a_name_for_a_conversation_is_short() -> None:
    assert answer_for(_ask("A title for: bicycles in Lima", max_tokens=16)).text == "bicycles Lima"


def test_the_models_differ() -> None:
    prompt = "How do I plan a launch for bicycles?"
    quick, careful = answer_for(_ask(prompt)), answer_for(_ask(prompt, model="demo-careful"))
    assert len(careful.text) > len(quick.text)
    assert not quick.reasoning
    assert answer_for(_ask(prompt, model="demo-reasoner")).reasoning


@given(st.text())
def test_tokens_are_the_whole_text(text: str) -> None:
    assert "".join(tokens(text)) == text


SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "minLength": 30, "maxLength": 32},
    {"type": "string", "format": "date"},
    {"type": "string", "pattern": "^[A-Z]{2}$"},
    {"type": "integer", "minimum": 3, "maximum": 4},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25},
    {"type": ["null", "boolean"]},
    {"const": {"a": 1}},
    {"anyOf": [{"type": "null"}, {"type": "array", "items": {"enum": [1, 2]}, "minItems": 4}]},
    {
        "type": "object",
        "properties": {"kind": {"$ref": "#/$defs/kind"}, "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        "required": ["kind", "next"],
        "additionalProperties": False,
        "$defs": {"kind": {"enum": ["a", "b"]}},
    },
    {
        "allOf": [
            {"properties": {"a": {"type": "integer"}}},
            {"properties": {"b": {"type": "string"}}, "required": ["b"]},
        ]
    },
]


@settings(max_examples=20)
@given(st.sampled_from(SCHEMAS), st.text(max_size=200))
def test_every_schema_gets_a_valid_instance(schema: dict[str, Any], prompt: str) -> None:
    jsonschema_rs.validate(schema, fill(schema, prompt))


def test_an_instance_is_filled_from_the_words_of_the_question() -> None:
    schema = {
        "properties": {"colour": {"enum": ["red", "blue"]}, "size": {"type": "integer"}, "title": {"type": "string"}}
    }
    filled = fill(schema, "Title: City bicycle\nSize: 28\nIt is blue.")
    assert filled == {"colour": "blue", "size": 28, "title": "City bicycle"}


def test_it_writes_at_the_pace_of_a_model() -> None:
    async def send(_message: dict[str, Any]) -> None: ...

    for model, rate in RATES.items():
        answering = Answering(_ask("Hello", model=model), Chat, None, send, scripted=False)
        assert answering.rate == rate
        assert 0.25 <= answering.first_token <= 0.6


@pytest.mark.parametrize("rule", [{"marker": "x", "tyme": 3}, {"cut": "somewhere"}, {"hang": "often"}, [], "x"])
def test_a_rule_with_a_typing_error_is_refused(rule: object) -> None:
    with pytest.raises(ValueError, match=r"rule|cut"):
        parse(rule)


def test_a_rule_chooses_its_requests(fake_provider: FakeProvider) -> None:
    fake_provider.script(marker="[special]", text="Chosen.", times=1)
    body = {"model": "any", "messages": [{"role": "user", "content": "[special] Hello"}]}

    def text() -> str:
        answer = fake_provider._call("POST", "/v1/chat/completions", body)
        return str(answer["choices"][0]["message"]["content"])

    assert text() == "Chosen."
    assert text() != "Chosen."


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses", "/v1/messages"])
def test_it_answers_in_one_piece_too(fake_provider: FakeProvider, path: str) -> None:
    fake_provider.script(text="One piece.")
    turns = [{"role": "user", "content": "Hello"}]
    answer = fake_provider._call("POST", path, {"model": "demo-quick", "messages": turns, "max_tokens": 2})
    assert "One piece" in json.dumps(answer)
    assert "One piece." not in json.dumps(answer)
    assert answer["usage"]


def test_what_was_made_of_a_cut_answer_is_billed(fake_provider: FakeProvider) -> None:
    fake_provider.script(text="one two three four", cut="mid_stream", clean=True)
    body = {"model": "demo-quick", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    with pytest.raises(ValueError, match="Expecting"):
        fake_provider._call("POST", "/v1/chat/completions", body)
    fake_provider.wait_until_idle()
    assert fake_provider.counts()["spent_by_model"]["demo-quick"]["output_tokens"] == 2
