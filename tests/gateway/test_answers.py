"""What an answer brings, the same on every wire."""

import json

import jsonschema_rs
import pytest

from playground.gateway.discovery import list_models
from playground.gateway.providers import adapter
from playground.gateway.types import AttemptStarted, Delta, Finish, Target, Turn, Usage
from tests.fake_provider import FakeProvider
from tests.gateway.asking import LISTING, ask, finish_of, question, text_of, thought_of, usage_of

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "colour": {"enum": ["red", "green", "blue"]},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["title", "colour", "tags"],
    "additionalProperties": False,
}
HISTORY = (Turn("user", "word " * 200), Turn("assistant", "Yes."), Turn("user", "And now?"))


async def test_the_text_arrives_whole(fake_provider: FakeProvider, target: Target) -> None:
    text = 'Olá, 世界! 👩‍👩‍👧 "quoted"\n\n```python\nprint(1)\n```'
    fake_provider.script(text=text)
    events = await ask(target)
    assert events[0] == AttemptStarted(target, 1)
    assert text_of(events) == text
    assert finish_of(events) == "stop"


async def test_the_first_delta_comes_before_the_last_is_written(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(text="one two three four", rate=4)
    assert sum(isinstance(event, Delta) for event in await ask(target)) > 1


async def test_usage_is_the_providers_own_bill(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(reasoning="Let me think.", text="Four words are here.")
    usage = usage_of(await ask(target, request=question(turns=HISTORY)))
    assert usage == Usage(**fake_provider.counts()["spent_by_model"]["demo-quick"])
    assert usage.cached_tokens >= 192
    assert usage.reasoning_tokens == 4


async def test_anthropic_says_the_input_tokens_before_the_text(fake_provider: FakeProvider) -> None:
    events = await ask(fake_provider.target("anthropic"))
    assert isinstance(events[1], Usage)
    assert events[1].input_tokens == usage_of(events).input_tokens > 0


async def test_thoughts_are_kept_apart_from_the_answer(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(reasoning="First this, then that.", text="The answer.")
    events = await ask(target)
    assert thought_of(events) == "First this, then that."
    assert text_of(events) == "The answer."


async def test_an_answer_that_met_its_limit_says_so(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(text="one two three four five six")
    events = await ask(target, request=question(max_output_tokens=3))
    assert text_of(events) == "one two three"
    assert finish_of(events) == "length"


async def test_it_ends_before_a_stop_sequence_and_still_brings_usage(
    fake_provider: FakeProvider, target: Target
) -> None:
    fake_provider.script(text="one two END three")
    events = await ask(target, request=question(stop=("END",)))
    assert text_of(events) == "one two "
    assert usage_of(events).output_tokens == 3


async def test_an_answer_follows_its_schema(target: Target) -> None:
    request = question("Name: red bicycle, for the city", schema=SCHEMA)
    answer = json.loads(text_of(await ask(target, request=request)))
    jsonschema_rs.validate(SCHEMA, answer)
    assert answer["colour"] == "red"


@pytest.mark.parametrize("kind", ["openai", "openai_compatible"])
async def test_a_schema_is_strict_only_when_it_can_be(fake_provider: FakeProvider, kind: str) -> None:
    def strict() -> bool:
        body = fake_provider.counts()["last_body"]
        return bool((body.get("text", {}).get("format") or body["response_format"]["json_schema"])["strict"])

    await ask(fake_provider.target(kind), request=question(schema=SCHEMA))
    assert strict()
    await ask(fake_provider.target(kind), request=question(schema={**SCHEMA, "required": ["title"]}))
    assert not strict()


@pytest.mark.parametrize(("said", "meant"), [("refusal", "refusal"), ("model_context_window_exceeded", "length")])
async def test_anthropics_reasons_are_told_apart(fake_provider: FakeProvider, said: str, meant: str) -> None:
    fake_provider.script(text="No.", finish=said)
    assert finish_of(await ask(fake_provider.target("anthropic"))) == meant


async def test_a_content_filter_is_no_normal_end(fake_provider: FakeProvider) -> None:
    fake_provider.script(text="No.", finish="content_filter")
    assert finish_of(await ask(fake_provider.target())) == "content_filter"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("openai", {"max_output_tokens": 9, "store": False, "instructions": "Be brief.", "temperature": 0.5}),
        ("openai_compatible", {"max_tokens": 9, "stream_options": {"include_usage": True}, "temperature": 0.5}),
        ("anthropic", {"max_tokens": 9, "system": "Be brief.", "temperature": 0.5}),
    ],
)
async def test_the_request_is_in_the_words_of_its_wire(
    fake_provider: FakeProvider, kind: str, words: dict[str, object]
) -> None:
    request = question("Hello", max_output_tokens=9, system="Be brief.", temperature=0.5)
    await ask(fake_provider.target(kind), request=request)
    body = fake_provider.counts()["last_body"]
    assert {name: body.get(name) for name in words} == words
    assert "temperature" not in await _body(fake_provider, kind)


async def _body(fake_provider: FakeProvider, kind: str) -> dict[str, object]:
    await ask(fake_provider.target(kind))
    body: dict[str, object] = fake_provider.counts()["last_body"]
    return body


async def test_the_models_of_a_provider_are_listed(target: Target) -> None:
    listed = ["demo-quick", "demo-careful", "demo-reasoner", "demo-embedding"] if target.kind in LISTING else []
    assert await adapter(target.kind).list_models(target) == listed


@pytest.mark.parametrize("kind", LISTING)
def test_models_can_be_listed_without_a_loop(fake_provider: FakeProvider, kind: str) -> None:
    for _ in range(2):
        assert "demo-quick" in list_models(fake_provider.target(kind))


async def test_a_lost_usage_is_not_made_up(fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Hello.", usage=False)
    events = await ask(fake_provider.target())
    assert not any(isinstance(event, Usage) for event in events)
    assert events[-1] == Finish("stop")
