"""Two calls on each wire that keeps calls apart; and what a stream has lost comes from the row in the end."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from playground.api.chat_body import ChatBody
from playground.api.chat_wire import ChatWriter
from playground.api.messages_body import MessagesBody
from playground.api.messages_wire import MessagesWriter
from playground.api.question import Writer
from playground.api.responses_body import ResponsesBody
from playground.api.responses_wire import ResponsesWriter
from playground.gateway.types import ToolCallDelta
from playground.programs.errors import Failed
from playground.runs.calls import Calls
from playground.runs.events import Piece, Position
from playground.runs.models import Run

CALLS = [
    {"id": "c1", "name": "weather", "arguments": '{"city":"Lima"}'},
    {"id": "c2", "name": "time", "arguments": "{}"},
]
USER: Any = [{"role": "user", "content": "Hi"}]


def ended(**values: Any) -> Run:
    return Run(
        created_at=datetime.now(UTC), **{"state": "done", "finish_reason": "tool_calls", "calls": CALLS} | values
    )


def writer(wire: str, run: Run) -> Writer:
    if wire == "messages":
        return MessagesWriter(MessagesBody(model="m", max_tokens=9, messages=USER), run)
    if wire == "responses":
        return ResponsesWriter(ResponsesBody(model="m", input="Hi"), run)
    return ChatWriter(ChatBody(model="m", messages=USER), run)


def piece(*deltas: ToolCallDelta, text: str = "", calls: Calls | None = None) -> Piece:
    calls = calls or Calls()
    return Piece(Position(), text, calls="".join(calls.take(delta) for delta in deltas))


def told(frames: str) -> list[dict[str, Any]]:
    lines = (line.removeprefix("data: ") for line in frames.splitlines() if line.startswith("data: {"))
    return [json.loads(line) for line in lines]


def arguments(wire: str, events: Iterable[dict[str, Any]]) -> list[str]:
    """Of the first call and the second, as a client puts them together."""
    said: dict[int, str] = {}
    for event in events:
        if wire == "chat":
            for choice in event["choices"]:
                for call in choice["delta"].get("tool_calls", ()):
                    said[call["index"]] = said.get(call["index"], "") + call["function"]["arguments"]
        elif event["type"] in {"content_block_delta", "response.function_call_arguments.delta"}:
            news = event.get("delta")
            at: int = event["index"] if "index" in event else event["output_index"]
            said[at] = said.get(at, "") + (news if isinstance(news, str) else cast(Any, news)["partial_json"])
    return [said[at] for at in sorted(said)]


WIRES = pytest.mark.parametrize("wire", ["chat", "messages", "responses"])
WHOLE = [call["arguments"] for call in CALLS]
FIRST = ToolCallDelta(0, "c1", "weather", '{"city":')
SECOND = ToolCallDelta(1, "c2", "time", "{}")


@WIRES
def test_two_calls_are_told_apart(wire: str) -> None:
    run, calls = ended(), Calls()
    told_by = writer(wire, run)
    frames = told_by.piece(piece(FIRST, ToolCallDelta(0, arguments='"Lima"}'), SECOND, calls=calls)) + told_by.last(run)
    assert arguments(wire, told(frames)) == WHOLE


@WIRES
def test_what_the_stream_has_lost_comes_in_the_end(wire: str) -> None:
    run = ended()
    told_by = writer(wire, run)
    assert arguments(wire, told(told_by.piece(piece(FIRST)) + told_by.last(run))) == WHOLE
    told_by = writer(wire, run)
    assert arguments(wire, told(told_by.last(run))) == WHOLE


@WIRES
def test_a_call_goes_on_before_the_words_after_it(wire: str) -> None:
    run, calls = ended(calls=CALLS[:1], output="Done."), Calls()
    told_by = writer(wire, run)
    frames = told_by.piece(piece(FIRST, calls=calls))
    frames += told_by.piece(piece(ToolCallDelta(0, arguments='"Lima"}'), text="Done.", calls=calls)) + told_by.last(run)
    events = told(frames)
    assert WHOLE[0] in arguments(wire, [event for event in events if "text" not in str(event.get("delta"))])


@pytest.mark.parametrize("wire", ["messages", "responses"])
def test_a_call_that_goes_on_after_its_end_is_an_error(wire: str) -> None:
    run, calls = ended(), Calls()
    told_by = writer(wire, run)
    told_by.piece(piece(FIRST, SECOND, calls=calls))
    with pytest.raises(Failed):
        told_by.piece(piece(ToolCallDelta(0, arguments='"Lima"}'), calls=calls))
