"""Calls in pieces: what is told of them, and what is read from that again."""

from uuid import uuid4

from playground.gateway.types import ToolCall, ToolCallDelta
from playground.runs.answers import Answer
from playground.runs.calls import FORGOTTEN, Calls, size_of, told
from playground.runs.events import Piece, Position

LIMA = ToolCallDelta(3, "c1", "weather"), ToolCallDelta(3, arguments='{"city": '), ToolCallDelta(3, arguments='"Lima"}')


def lines_of(*deltas: ToolCallDelta) -> tuple[str, Calls]:
    calls = Calls()
    return "".join(calls.take(delta) for delta in deltas), calls


def test_what_is_told_is_what_came_numbered_by_its_beginning() -> None:
    lines, calls = lines_of(*LIMA, ToolCallDelta(0, "c2", "time", "{}"))
    assert list(told(lines)) == [
        ToolCallDelta(0, "c1", "weather", '{"city": "Lima"}'),
        ToolCallDelta(1, "c2", "time", "{}"),
    ]
    assert calls.whole() == [ToolCall("c1", "weather", '{"city": "Lima"}'), ToolCall("c2", "time", "{}")]
    assert size_of(lines) == calls.size


def test_nothing_is_told_before_the_name_and_everybody_has_an_id() -> None:
    lines, calls = lines_of(ToolCallDelta(0, arguments='{"a":'), ToolCallDelta(0, name="weather", arguments="1}"))
    assert list(told(lines)) == [ToolCallDelta(0, "call_0", "weather", '{"a":1}')]
    assert calls.whole() == [ToolCall("call_0", "weather", '{"a":1}')]


def test_a_name_in_arguments_and_line_ends_are_no_trouble() -> None:
    tricky = '{"a": "[]\n\u2028x", "b": "[]\n"}'
    lines, _calls = lines_of(ToolCallDelta(0, "c", "f"), ToolCallDelta(0, arguments=tricky))
    assert list(told(lines)) == [ToolCallDelta(0, "c", "f", tricky)]
    assert FORGOTTEN not in lines


def test_a_position_survives_its_id() -> None:
    for position in (Position(), Position(3, 4), Position(3, 4, 5), Position(0, 0, 9), Position(0, 2**32 - 1, 1)):
        assert Position.parse(str(position)) == position
    assert str(Position(3, 4)) == "7-4"


def test_who_misses_a_piece_of_a_call_gets_none_of_it_and_all_of_the_text() -> None:
    piece = Piece(Position(0, 4, 20), "text", calls="x" * 10)
    news = piece.after(Position(0, 2, 5))
    assert news is not None
    assert (news.text, news.calls, news.at) == ("xt", "", Position(0, 4, 5))


def test_a_call_goes_on_where_somebody_is() -> None:
    news = Piece(Position(0, 0, 10), calls="0123456789").after(Position(0, 0, 7))
    assert news is not None
    assert news.calls == "789"


def test_calls_that_count_no_more_are_said_to() -> None:
    answer = Answer(uuid4(), 1)
    answer.calls.append(lines_of(*LIMA)[0])
    answer.restart()
    assert list(told(answer.news().calls))[-1] is None
