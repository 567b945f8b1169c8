"""What a stream under /v1 has said stays said: no vendor's wire can take a word back."""

from dataclasses import replace

from playground.programs.errors import Failed
from playground.runs.calls import FORGOTTEN
from playground.runs.events import Piece


class Spoken:
    """Between a run's pieces and a vendor's frames: lets through what counts, and nothing after what is void."""

    def __init__(self) -> None:
        self._restart_at = 0
        self._has_words = False

    def admit(self, piece: Piece) -> Piece:
        """What of it may be said. Raises Failed where the answer begins anew after words of it were said."""
        begins_anew = piece.restart_at > self._restart_at
        _void, mark, calls = piece.calls.rpartition(FORGOTTEN)
        if self._has_words and (begins_anew or mark):
            raise Failed("The answer broke off and began anew: what came so far counts no more. Please ask again.")
        self._restart_at = max(self._restart_at, piece.restart_at)
        begins_at = piece.at.text - len(piece.text)
        text = piece.text[max(self._restart_at - begins_at, 0) :]
        self._has_words = self._has_words or bool(text or calls)
        return replace(piece, text=text, calls=calls)
