"""What is asked comes out of the row as it went in."""

import pytest

from playground.gateway.types import (
    ChatRequest,
    EmbeddingRequest,
    Function,
    Image,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from playground.runs.requests import Request, dump, load

PLAIN = ChatRequest(turns=(Turn("user", "Hello"),), max_output_tokens=5, stop=("x",), schema={"type": "object"})
FULL = ChatRequest(
    turns=(
        Turn("user", (Text("What is it?"), Image("image/png", "aGk="))),
        Turn("assistant", (ToolCall("c1", "look", '{"b": 1, "a": 2}'),)),
        Turn("user", (ToolResult("c1", "a cat", is_error=True),)),
    ),
    max_output_tokens=5,
    top_p=0.5,
    seed=7,
    effort="low",
    tools=(Function("look", "Looks", {"type": "object", "properties": {"b": {}, "a": {}}}, strict=True),),
    tool_choice=ToolChoice("named", "look", parallel=False),
)


@pytest.mark.parametrize("request_", [PLAIN, FULL, EmbeddingRequest(("a", (1, 2)), dimensions=8)])
def test_it_comes_back_as_it_was(request_: Request) -> None:
    assert load(dump(request_)) == request_


def test_a_plain_text_is_stored_as_a_text() -> None:
    assert dump(PLAIN)["turns"] == [{"role": "user", "content": "Hello"}]


def test_what_the_database_cannot_hold_is_left_out() -> None:
    turns = (Turn("user", (ToolResult("c1", "a\0b\ud800"),)),)
    assert dump(ChatRequest(turns=turns, max_output_tokens=5))["turns"][0]["content"][0]["content"] == "ab?"
