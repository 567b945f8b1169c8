"""The function calls of one streamed answer: each piece once, and in the end whatever of them is still missing."""

from collections.abc import Iterator

from playground.gateway.types import ToolCallDelta
from playground.runs.calls import told
from playground.runs.events import Piece
from playground.runs.models import Run


class Calling:
    def __init__(self) -> None:
        # Of each call, by its number, how many characters of its arguments were said.
        self._said: dict[int, int] = {}

    def of(self, piece: Piece) -> Iterator[ToolCallDelta]:
        for news in told(piece.calls):
            if news is not None:
                yield self._noted(news)

    def rest(self, run: Run) -> Iterator[ToolCallDelta]:
        """What was not said of the calls of a run that has ended: its row has them whole, or none that is half."""
        for number, call in enumerate(run.calls):
            if number not in self._said:
                yield self._noted(ToolCallDelta(number, call["id"], call["name"], call["arguments"]))
            elif missing := call["arguments"][self._said[number] :]:
                yield self._noted(ToolCallDelta(number, arguments=missing))

    def _noted(self, news: ToolCallDelta) -> ToolCallDelta:
        self._said[news.index] = self._said.get(news.index, 0) + len(news.arguments)
        return news
