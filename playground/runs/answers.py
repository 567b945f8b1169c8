"""An answer while it is being written: the loop grows it, the writer shows it, the checkpoints save it."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from playground.runs.calls import FORGOTTEN
from playground.runs.events import Position


@dataclass(frozen=True, slots=True)
class News:
    """What an event stream lacks, `at` what position it will be then, and how many `pieces` of each kind that makes."""

    at: Position
    text: str
    reasoning: str
    calls: str
    pieces: tuple[int, int, int]


class Answer:
    """What one running run has said so far, and how much of it is in its event stream.

    Appending to the lists is all that happens per token.
    """

    def __init__(self, run_id: UUID, fence: int) -> None:
        self.run_id = run_id
        self.fence = fence
        self.text: list[str] = []
        self.reasoning: list[str] = []
        # Lines of runs.calls.
        self.calls: list[str] = []
        self.task: asyncio.Task[object] | None = None
        # Why it was told to stop before its end: the state that it ends in, or "lost" when it is no longer ours.
        self.stopped = ""
        # Called with its first words, which do not wait for the writer's next turn.
        self.begins: Callable[[], None] = _nobody_waits
        # Set by the one who finished it: the writer then closes the stream and resolves `shown`.
        self.end_state = ""
        self.shown: asyncio.Future[None] | None = None
        self.saved = 0
        # How the wait goes, before the first word, and how often that was said.
        self.status = ""
        self.statuses = 0
        # Where the answer began anew: the characters before it, and the pieces that hold them.
        self.restart_at = 0
        self._restart_piece = 0
        # It broke off and may begin anew: what nobody has seen is not shown. The checkpoints are another thread's.
        self.is_kept_back = False
        self._words_are_out = False
        self._thoughts_are_out = False
        self._showing = threading.Lock()
        self._shown_status = ""
        self._at = Position()
        self._shown = (0, 0, 0)
        self._resend = False

    def stop(self, why: str) -> None:
        """Close the provider's connection. The first reason stands."""
        if not self.stopped and self.task is not None:
            self.stopped = why
            self.task.cancel()

    def keep_back(self, *, thoughts_are_shown: bool = True) -> bool:
        """Show nothing more until it restarts or ends. False when somebody may have been shown a part of it already."""
        with self._showing:
            self.is_kept_back = not (self._words_are_out or (self._thoughts_are_out and thoughts_are_shown))
        return self.is_kept_back

    def let_out(self) -> bool:
        """What it has said so far may be seen from now on. False when it is kept back."""
        with self._showing:
            if not self.is_kept_back:
                self._words_are_out = self._words_are_out or bool(self.text or self.calls)
                self._thoughts_are_out = self._thoughts_are_out or bool(self.reasoning)
            return not self.is_kept_back

    def restart(self) -> None:
        """What it has said so far counts no more. What was kept back was never said."""
        with self._showing:
            if not self.is_kept_back:
                self._restart_piece = len(self.text)
                self.restart_at = sum(map(len, self.text))
                if self.calls:
                    self.calls.append(FORGOTTEN)
                return
            self.text.clear()
            self.calls.clear()
            if not self._thoughts_are_out:
                self.reasoning.clear()
            self.is_kept_back = False

    @property
    def output(self) -> str:
        return "".join(self.text[self._restart_piece :])

    @property
    def discarded(self) -> str:
        return "".join(self.text[: self._restart_piece])

    def new_status(self) -> str:
        """What was not said yet about the wait; nothing once it is over."""
        if self.status == self._shown_status or self.has_begun:
            return ""
        self.statuses += 1
        self._shown_status = self.status
        return self.status

    @property
    def has_begun(self) -> bool:
        return bool(self.text or self.reasoning or self.calls)

    @property
    def has_news(self) -> bool:
        if self.is_kept_back:
            return False
        if self.status != self._shown_status and self.is_first:
            return True
        return self._pieces != self._shown or self._resend

    def news(self) -> News:
        """What its stream lacks and the position after it; all of it again after a failure, for what may be lost."""
        self.let_out()
        text, reasoning, calls = self._shown
        news = "".join(self.text[text:]), "".join(self.reasoning[reasoning:]), "".join(self.calls[calls:])
        at = Position(self._at.reasoning + len(news[1]), self._at.text + len(news[0]), self._at.calls + len(news[2]))
        return News(at, *news, pieces=self._pieces)

    def mark_shown(self, news: News) -> None:
        self._at = news.at
        self._shown = news.pieces
        self._resend = False

    def show_again(self) -> None:
        """The stream's server failed and may have come back empty: the next entry carries everything."""
        self._at = Position()
        self._shown = (0, 0, 0)
        self._resend = True

    @property
    def _pieces(self) -> tuple[int, int, int]:
        return len(self.text), len(self.reasoning), len(self.calls)

    @property
    def is_first(self) -> bool:
        return self._at == Position()


def _nobody_waits() -> None:
    """An answer that no loop writes."""
