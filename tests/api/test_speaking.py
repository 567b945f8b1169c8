"""What a wire has said stays said."""

import pytest

from playground.api.speaking import Spoken
from playground.programs.errors import Failed
from playground.runs.calls import FORGOTTEN
from playground.runs.events import Piece, Position

CALL = '[0, "c1", "weather"]\n'


def test_an_answer_that_began_anew_unheard_is_said_from_there() -> None:
    spoken = Spoken()
    assert spoken.admit(Piece(Position(0, 9), "olden new", restart_at=6)).text == "new"
    assert spoken.admit(Piece(Position(0, 14), " words", restart_at=6)).text == " words"


def test_what_is_void_may_come_in_pieces() -> None:
    spoken = Spoken()
    assert spoken.admit(Piece(Position(0, 4), "void", restart_at=6)).text == ""
    assert spoken.admit(Piece(Position(0, 9), "ednew", restart_at=6)).text == "new"


def test_after_a_word_it_ends() -> None:
    spoken = Spoken()
    spoken.admit(Piece(Position(0, 3), "old"))
    with pytest.raises(Failed, match="began anew"):
        spoken.admit(Piece(Position(0, 6), "new", restart_at=3))


def test_after_a_call_it_ends_too() -> None:
    spoken = Spoken()
    spoken.admit(Piece(Position(), calls=CALL))
    with pytest.raises(Failed, match="began anew"):
        spoken.admit(Piece(Position(), calls=FORGOTTEN + CALL))


def test_calls_that_are_void_are_not_said() -> None:
    assert Spoken().admit(Piece(Position(), calls=CALL + FORGOTTEN + CALL)).calls == CALL


def test_thoughts_are_no_words() -> None:
    spoken = Spoken()
    spoken.admit(Piece(Position(5, 0), reasoning="hm hm"))
    assert spoken.admit(Piece(Position(5, 6), "oldnew", restart_at=3)).text == "new"
