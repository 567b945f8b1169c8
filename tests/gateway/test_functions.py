"""Function calls, their results, images and sampling: on every wire the same words go in and the same come out."""

import json
import struct

import pytest

from playground.gateway.errors import BadRequest
from playground.gateway.types import (
    EmbeddingRequest,
    Event,
    Function,
    Image,
    Target,
    Text,
    ToolCall,
    ToolCallDelta,
    ToolChoice,
    ToolResult,
    Turn,
    Vectors,
)
from tests.fake_provider import FakeProvider
from tests.gateway.asking import PATIENT, ask, finish_of, question, stream, text_of, usage_of

WEATHER = Function(
    "weather",
    "The weather of a city",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False},
)
IMAGE = Image("image/png", "iVBORw0KGgo=")
ASKED = (
    Turn("user", "weather in city: Lima"),
    Turn("assistant", (Text("Let me look"), ToolCall("c1", "weather", '{"city": "Lima"}'))),
    Turn("user", (ToolResult("c1", "18 degrees"),)),
)


def calls_of(events: list[Event]) -> list[ToolCallDelta]:
    return [event for event in events if isinstance(event, ToolCallDelta)]


async def test_a_function_is_called(target: Target) -> None:
    events = await ask(target, request=question("weather in city: Lima", tools=(WEATHER,)))
    calls = calls_of(events)
    assert (calls[0].name, bool(calls[0].id), len({call.index for call in calls})) == ("weather", True, 1)
    assert json.loads("".join(call.arguments for call in calls)) == {"city": "Lima"}
    assert (finish_of(events), text_of(events)) == ("tool_calls", "")


async def test_its_result_goes_back(target: Target, fake_provider: FakeProvider) -> None:
    events = await ask(target, request=question(turns=ASKED, tools=(WEATHER,)))
    assert "18 degrees" in text_of(events)
    assert finish_of(events) == "stop"
    assert usage_of(events).input_tokens > 0


async def test_none_means_that_no_function_is_called(target: Target) -> None:
    events = await ask(target, request=question(tools=(WEATHER,), tool_choice=ToolChoice("none")))
    assert calls_of(events) == []


async def test_the_named_function_is_called(target: Target) -> None:
    other = Function("other", parameters={"type": "object", "properties": {}})
    choice = ToolChoice("named", "other", parallel=False)
    events = await ask(target, request=question("weather", tools=(WEATHER, other), tool_choice=choice))
    assert calls_of(events)[0].name == "other"


async def test_an_image_is_sent_as_data(target: Target, fake_provider: FakeProvider) -> None:
    turns = (Turn("user", (Text("What is this?"), IMAGE)),)
    with_image = usage_of(await ask(target, request=question(turns=turns))).input_tokens
    assert with_image - usage_of(await ask(target, request=question("What is this?"))).input_tokens > 80
    await ask(target, request=question(turns=turns))
    assert IMAGE.data in json.dumps(fake_provider.counts()["last_body"])


async def test_wishes_reach_the_wire(target: Target, fake_provider: FakeProvider) -> None:
    await ask(target, request=question(top_p=0.5, effort="low"))
    body = json.dumps(fake_provider.counts()["last_body"])
    assert '"top_p": 0.5' in body
    assert 'effort": "low"' in body


@pytest.mark.parametrize("kind", ["openai", "openai_compatible"])
async def test_embeddings_come_as_bytes(kind: str, fake_provider: FakeProvider) -> None:
    request = EmbeddingRequest(("red shoes", "red boots", (1, 2, 3)), dimensions=32)
    events = [event async for event in stream(fake_provider.target(kind), request=request, limits=PATIENT)]
    [vectors] = [event.vectors for event in events if isinstance(event, Vectors)]
    assert [len(vector) for vector in vectors] == [128] * 3
    assert sum(number**2 for number in struct.unpack("<32f", vectors[0])) == pytest.approx(1)
    assert (usage_of(events).input_tokens, usage_of(events).output_tokens) == (7, 0)


async def test_a_provider_without_embeddings_says_so(fake_provider: FakeProvider) -> None:
    with pytest.raises(BadRequest):
        [event async for event in stream(fake_provider.target("anthropic"), request=EmbeddingRequest(("x",)))]
