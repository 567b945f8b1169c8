"""Function calls come as they are written, through the SDKs' own stream helpers; and what is cut never looks whole."""

import json
from typing import Any

import anthropic
import openai
import pytest

from playground.runs.models import Run, RunState
from playground.runs.start import cancel_run
from tests.api.calling import ASK, CHAT_TOOL, MESSAGES_TOOL, RESPONSES_TOOL
from tests.fake_provider import FakeProvider
from tests.runs.asking import until_ended

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.usefixtures("ledger_is_true")]

ARGUMENTS = '{"city": "Lima"}'
CHAT: Any = {"model": "quick", "messages": [ASK], "tools": [CHAT_TOOL]}
MESSAGES: Any = {"model": "quick", "max_tokens": 300, "messages": [ASK], "tools": [MESSAGES_TOOL]}
RESPONSES: Any = {"model": "quick", "input": [ASK], "tools": [RESPONSES_TOOL]}
# Fewer tokens than the arguments have.
FEW = 3


def the_run() -> Run:
    return Run.objects.get()


def listen(stream: Any, kind: str) -> list[Any]:
    """All that comes, errors too. At what is of that `kind`, while the provider hangs, the run is stopped."""
    heard: list[Any] = []
    try:
        for event in stream:
            heard.append(event)
            if event.type == kind:
                cancel_run(the_run())
    except (openai.APIError, anthropic.APIStatusError) as error:
        heard.append(error)
    return heard


def is_half(seen: str) -> bool:
    return bool(seen) and ARGUMENTS.startswith(seen) and seen != ARGUMENTS


def test_chat_tells_a_call_while_it_is_written(coder: openai.OpenAI, fake_provider: FakeProvider) -> None:
    fake_provider.script(hang="mid_stream")
    with coder.chat.completions.stream(**CHAT) as stream:
        *heard, error = listen(stream, "tool_calls.function.arguments.delta")
    assert is_half([event.arguments for event in heard if event.type == "tool_calls.function.arguments.delta"][-1])
    assert isinstance(error, openai.APIError)
    assert "tool_calls.function.arguments.done" not in [event.type for event in heard]
    assert until_ended(the_run()).calls == []


def test_messages_tell_a_call_while_it_is_written(claude: anthropic.Anthropic, fake_provider: FakeProvider) -> None:
    fake_provider.script(hang="mid_stream")
    with claude.messages.stream(**MESSAGES) as stream:
        *heard, error = listen(stream, "input_json")
    assert is_half("".join(event.partial_json for event in heard if event.type == "input_json"))
    assert isinstance(error, anthropic.APIStatusError)
    assert "content_block_stop" not in [event.type for event in heard]
    assert until_ended(the_run()).calls == []


def test_responses_tell_a_call_while_it_is_written(coder: openai.OpenAI, fake_provider: FakeProvider) -> None:
    fake_provider.script(hang="mid_stream")
    with coder.responses.stream(**RESPONSES) as stream:
        heard = listen(stream, "response.function_call_arguments.delta")
    kinds = [event.type for event in heard]
    assert is_half("".join(event.delta for event in heard if event.type == "response.function_call_arguments.delta"))
    assert {"response.function_call_arguments.done", "response.output_item.done"}.isdisjoint(kinds)
    assert kinds[-1] == "response.failed"


def test_chat_brings_every_piece_once_and_says_what_it_cost(coder: openai.OpenAI, fake_provider: FakeProvider) -> None:
    fake_provider.script(rate=20)
    options: Any = {"include_usage": True}
    with coder.chat.completions.stream(**CHAT, stream_options=options) as stream:
        pieces = [event.arguments_delta for event in stream if event.type == "tool_calls.function.arguments.delta"]
        final: Any = stream.get_final_completion()
    [call] = final.choices[0].message.tool_calls
    assert len([piece for piece in pieces if piece]) > 1
    assert "".join(pieces) == call.function.arguments == ARGUMENTS
    run = the_run()
    assert run.calls == [{"id": call.id, "name": "weather", "arguments": ARGUMENTS}]
    assert (final.usage.completion_tokens, run.cost_is_estimated) == (run.output_tokens, False)


def test_messages_bring_every_piece_once_and_say_what_it_cost(
    claude: anthropic.Anthropic, fake_provider: FakeProvider
) -> None:
    fake_provider.script(rate=20)
    with claude.messages.stream(**MESSAGES) as stream:
        events = list(stream)
        final: Any = stream.get_final_message()
    pieces = [event.partial_json for event in events if event.type == "input_json"]
    assert len(pieces) > 1
    assert "".join(pieces) == ARGUMENTS
    assert [(block.type, block.input) for block in final.content] == [("tool_use", json.loads(ARGUMENTS))]
    assert [event.type for event in events].count("content_block_stop") == 1
    assert (final.stop_reason, final.usage.output_tokens) == ("tool_use", the_run().output_tokens)


def test_responses_bring_every_piece_once_and_say_what_it_cost(
    coder: openai.OpenAI, fake_provider: FakeProvider
) -> None:
    fake_provider.script(rate=20)
    with coder.responses.stream(**RESPONSES) as stream:
        events = list(stream)
        final: Any = stream.get_final_response()
    pieces = [event.delta for event in events if event.type == "response.function_call_arguments.delta"]
    assert len(pieces) > 1
    assert "".join(pieces) == ARGUMENTS == final.output[0].arguments
    assert (final.output[0].status, final.usage.output_tokens) == ("completed", the_run().output_tokens)


def test_chat_ends_a_call_that_is_too_long_with_its_reason(coder: openai.OpenAI) -> None:
    chunks = list(coder.chat.completions.create(**CHAT, stream=True, max_completion_tokens=FEW))
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "length"
    assert the_run().calls == []


def test_messages_do_not_end_a_call_that_is_too_long(claude: anthropic.Anthropic) -> None:
    with claude.messages.stream(**MESSAGES | {"max_tokens": FEW}) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_message()
    assert final.stop_reason == "max_tokens"
    assert "input_json" in kinds
    assert "content_block_stop" not in kinds


def test_responses_call_a_call_that_is_too_long_incomplete(coder: openai.OpenAI) -> None:
    events: Any = list(coder.responses.create(**RESPONSES, stream=True, max_output_tokens=FEW))
    kinds = [event.type for event in events]
    [ended] = [event.item for event in events if event.type == "response.output_item.done"]
    assert (ended.type, ended.status) == ("function_call", "incomplete")
    assert "response.function_call_arguments.done" not in kinds
    assert (kinds[-1], events[-1].response.output) == ("response.incomplete", [])


def test_a_provider_that_breaks_off_in_a_call_ends_the_stream_with_an_error(
    coder: openai.OpenAI, claude: anthropic.Anthropic, fake_provider: FakeProvider
) -> None:
    fake_provider.script(cut="mid_stream", clean=True, rate=20)
    with pytest.raises(openai.APIError), coder.chat.completions.stream(**CHAT) as stream:
        assert "tool_calls.function.arguments.done" not in [event.type for event in stream]
    with pytest.raises(anthropic.APIStatusError), claude.messages.stream(**MESSAGES) as claudes:
        assert "content_block_stop" not in [event.type for event in claudes]
    assert set(Run.objects.values_list("state", "error_code")) == {(RunState.INTERRUPTED, "broken")}
    assert all(run.cost > 0 for run in Run.objects.all())
