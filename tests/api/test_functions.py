"""Functions, images, JSON and vectors through the official SDKs, whatever the wire on the other side is."""

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import anthropic
import openai
import pytest
from anthropic.types import ToolUseBlock

from accounts.api_keys import issue_key
from accounts.models import User
from playground.catalog.models import Model
from playground.runs.models import Run
from tests.api.calling import ASK, CHAT_TOOL, MESSAGES_TOOL, RESPONSES_TOOL, SCHEMA
from tests.fake_provider import FakeProvider
from tests.stack import Stack

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.usefixtures("ledger_is_true")]

PIXEL = b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
DATA_URL = f"data:image/png;base64,{PIXEL}"


def test_chat_calls_a_function_and_takes_its_result(coder: openai.OpenAI) -> None:
    first = coder.chat.completions.create(model="quick", messages=[ASK], tools=[CHAT_TOOL])
    assert first.choices[0].finish_reason == "tool_calls"
    message: Any = first.choices[0].message
    [call] = message.tool_calls
    assert json.loads(call.function.arguments) == {"city": "Lima"}
    result: Any = {"role": "tool", "tool_call_id": call.id, "content": "18 degrees"}
    second = coder.chat.completions.create(
        model="quick", messages=[ASK, message.model_dump(), result], tools=[CHAT_TOOL]
    )
    assert "18 degrees" in (second.choices[0].message.content or "")


def test_chat_streams_a_call(coder: openai.OpenAI) -> None:
    with coder.chat.completions.stream(model="quick", messages=[ASK], tools=[CHAT_TOOL]) as stream:
        final: Any = stream.get_final_completion().choices[0]
    assert (final.finish_reason, final.message.tool_calls[0].function.name) == ("tool_calls", "weather")


def test_messages_call_a_function_and_take_its_result(claude: anthropic.Anthropic) -> None:
    first = claude.messages.create(model="quick", max_tokens=300, messages=[ASK], tools=[MESSAGES_TOOL])
    [call] = first.content
    assert isinstance(call, ToolUseBlock)
    assert (first.stop_reason, call.input) == ("tool_use", {"city": "Lima"})
    said: Any = {"role": "assistant", "content": [call.model_dump()]}
    result: Any = {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees"}],
    }
    second = claude.messages.create(model="quick", max_tokens=300, messages=[ASK, said, result], tools=[MESSAGES_TOOL])
    assert "18 degrees" in "".join(getattr(block, "text", "") for block in second.content)


def test_messages_stream_a_call(claude: anthropic.Anthropic) -> None:
    with claude.messages.stream(model="quick", max_tokens=300, messages=[ASK], tools=[MESSAGES_TOOL]) as stream:
        final: Any = stream.get_final_message()
    assert [(block.type, block.input) for block in final.content] == [("tool_use", {"city": "Lima"})]


def test_responses_call_a_function_and_take_its_result(coder: openai.OpenAI) -> None:
    first = coder.responses.create(model="quick", input=[ASK], tools=[RESPONSES_TOOL], store=False)
    call: Any = first.output[0]
    assert (first.status, call.type, json.loads(call.arguments)) == ("completed", "function_call", {"city": "Lima"})
    result: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "18 degrees"}
    again: Any = [ASK, call.model_dump(exclude_none=True), result]
    assert "18 degrees" in coder.responses.create(model="quick", input=again, tools=[RESPONSES_TOOL]).output_text


def test_responses_stream_text_and_calls(coder: openai.OpenAI, fake_provider: FakeProvider) -> None:
    with coder.responses.stream(model="quick", input="weather in city: Lima", tools=[RESPONSES_TOOL]) as stream:
        final: Any = stream.get_final_response()
    assert final.output[0].arguments == '{"city": "Lima"}'
    fake_provider.script(text="One two three", reasoning="Let me think", rate=200)
    with coder.responses.stream(model="quick", input="Count") as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_response()
    assert final.output_text == "One two three"
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
    assert final.usage.output_tokens == Run.objects.order_by("created_at").last().output_tokens  # type: ignore[union-attr]


def test_responses_follow_a_schema(coder: openai.OpenAI) -> None:
    wanted: Any = {"format": {"type": "json_schema", "name": "place", "schema": SCHEMA, "strict": True}}
    answer = coder.responses.create(model="quick", input="city: Lima", text=wanted)
    assert json.loads(answer.output_text) == {"city": "Lima"}


def test_an_image_goes_through(coder: openai.OpenAI, claude: anthropic.Anthropic, fake_provider: FakeProvider) -> None:
    parts: Any = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": DATA_URL}}]
    coder.chat.completions.create(model="quick", messages=[{"role": "user", "content": parts}])
    assert PIXEL in json.dumps(fake_provider.counts()["last_body"])
    block: Any = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    claude.messages.create(model="quick", max_tokens=50, messages=[{"role": "user", "content": [block]}])
    assert PIXEL in json.dumps(fake_provider.counts()["last_body"])
    assert list(Run.objects.values_list("image_count", flat=True)) == [1, 1]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x.png", "https://example.com/a.png", "data:image/svg+xml;base64,AA"]
)
def test_an_address_of_an_image_is_refused(url: str, coder: openai.OpenAI) -> None:
    parts: Any = [{"type": "image_url", "image_url": {"url": url}}]
    with pytest.raises(openai.BadRequestError) as caught:
        coder.chat.completions.create(model="quick", messages=[{"role": "user", "content": parts}])
    assert caught.value.param == "messages[0].content[0].image_url.url"
    assert not Run.objects.exists()


def test_thoughts_are_shown_to_who_asks_for_them(claude: anthropic.Anthropic, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Four", reasoning="Two and two")
    question: Any = {"model": "quick", "max_tokens": 300, "messages": [{"role": "user", "content": "2+2"}]}
    thinking: Any = {"type": "enabled", "budget_tokens": 1024}
    assert [block.type for block in claude.messages.create(**question, thinking=thinking).content] == [
        "thinking",
        "text",
    ]
    assert [block.type for block in claude.messages.create(**question).content] == ["text"]


def test_headers_say_run_cost_and_what_is_left(coder: openai.OpenAI) -> None:
    raw = coder.chat.completions.with_raw_response.create(model="quick", messages=[{"role": "user", "content": "Hi"}])
    run = Run.objects.get()
    assert raw.headers["x-run-id"] == str(run.pk)
    assert round(float(raw.headers["x-cost"]) * 1_000_000) == run.cost
    assert raw.headers["x-request-id"].startswith("req_")
    assert int(raw.headers["x-ratelimit-remaining-requests"]) < int(raw.headers["x-ratelimit-limit-requests"])


@pytest.fixture
def vectors(stack: Stack, alice: User, make_model: Callable[..., Model], fake_provider: FakeProvider) -> openai.OpenAI:
    make_model("vectors", is_embedding=True, name="demo-embedding", base_url=f"{fake_provider.base_url}/v1")
    return openai.OpenAI(
        api_key=issue_key(alice, name="vectors", days=30)[1], base_url=f"{stack.url}/v1", max_retries=0
    )


def test_embeddings_of_a_batch_as_floats_and_base64(vectors: openai.OpenAI) -> None:
    inputs = ["red shoes", "blue boots"]
    floats = vectors.embeddings.create(model="vectors", input=inputs, encoding_format="float", dimensions=16)
    packed: Any = vectors.embeddings.create(model="vectors", input=inputs, encoding_format="base64", dimensions=16)
    assert [len(row.embedding) for row in floats.data] == [16, 16]
    assert list(struct.unpack("<16f", b64decode(packed.data[1].embedding))) == floats.data[1].embedding
    assert floats.usage.prompt_tokens == 4
    assert list(Run.objects.values_list("cost", flat=True)) == [4, 4]
