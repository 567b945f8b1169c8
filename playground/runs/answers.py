"""An answer while it is being written: the loop grows it, the writer shows it, the checkpoints save it."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from playground.runs.events import Position


class Answer:
    """What one running run has said so far, and how much of it is in its event stream.

    Appending to the lists is all that happens per token.
    """

    def __init__(self, run_id: UUID, fence: int) -> None:
        self.run_id = run_id
        self.fence = fence
        self.text: list[str] = []
        self.reasoning: list[str] = []
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
        self._shown_status = ""
        self._at = Position()
        self._shown_text = 0
        self._shown_reasoning = 0
        self._resend = False

    def stop(self, why: str) -> None:
        """Close the provider's connection. The first reason stands."""
        if not self.stopped and self.task is not None:
            self.stopped = why
            self.task.cancel()

    def restart(self) -> None:
        """What it has said so far counts no more."""
        self._restart_piece = len(self.text)
        self.restart_at = sum(map(len, self.text))

    @property
    def output(self) -> str:
        return "".join(self.text[self._restart_piece :])

    @property
    def discarded(self) -> str:
        return "".join(self.text[: self._restart_piece])

    def new_status(self) -> str:
        """What was not said yet about the wait; nothing once it is over."""
        if self.status == self._shown_status or self.text or self.reasoning:
            return ""
        self.statuses += 1
        self._shown_status = self.status
        return self.status

    @property
    def has_news(self) -> bool:
        if self.status != self._shown_status and self.is_first:
            return True
        return len(self.text) > self._shown_text or len(self.reasoning) > self._shown_reasoning or self._resend

    def news(self) -> tuple[Position, str, str]:
        """What its stream lacks and the position after it; all of it again after a failure, for what may be lost."""
        text, reasoning = "".join(self.text[self._shown_text :]), "".join(self.reasoning[self._shown_reasoning :])
        return Position(self._at.reasoning + len(reasoning), self._at.text + len(text)), text, reasoning

    def mark_shown(self, at: Position, *, pieces: tuple[int, int]) -> None:
        self._at = at
        self._shown_text, self._shown_reasoning = pieces
        self._resend = False

    def show_again(self) -> None:
        """The stream's server failed and may have come back empty: the next entry carries everything."""
        self._at = Position()
        self._shown_text = self._shown_reasoning = 0
        self._resend = True

    @property
    def is_first(self) -> bool:
        return self._at == Position()


def _nobody_waits() -> None:
    """An answer that no loop writes."""
