"""One question to a provider: its events go into the answer, and at the end there is an outcome."""

import time

from django.utils.translation import gettext as _

from playground.gateway.errors import Broken, GatewayError
from playground.gateway.types import (
    AttemptFailed,
    AttemptStarted,
    Delta,
    Event,
    Finish,
    ReasoningDelta,
    Restarted,
    ToolCallDelta,
    Usage,
    Vectors,
    Waiting,
)
from playground.lib.texts import storable
from playground.runs.answers import Answer
from playground.runs.calls import Calls
from playground.runs.models import RunState
from playground.runs.outcomes import AttemptRecord, Outcome
from playground.runs.reasons import fallback_reason, in_line


class Asking:
    """`model` is the name that sentences about a failure use."""

    def __init__(self, answer: Answer, *, model: str) -> None:
        self._answer = answer
        self._model = model
        self._outcome = Outcome(state=RunState.DONE)
        self._began = time.monotonic()
        self._in_line_since: float | None = None
        self._calls = Calls()

    @property
    def outcome(self) -> Outcome:
        """As far as it goes."""
        return self._outcome

    def take(self, event: Event) -> None:
        if isinstance(event, Delta | ReasoningDelta):
            self._take_text(event)
        elif isinstance(event, ToolCallDelta):
            self._take_call(event)
        elif isinstance(event, Usage):
            self._outcome.usage = event
        elif isinstance(event, Vectors):
            self._outcome.vectors = event
        elif isinstance(event, Finish):
            self._outcome.finish_reason, self._outcome.finished_by_us = event.reason, event.by_us
        elif isinstance(event, AttemptStarted):
            self._start(event)
        elif isinstance(event, AttemptFailed):
            self._note_failure(event)
        elif isinstance(event, Waiting):
            self._in_line_since = self._in_line_since or self._elapsed()
            self._answer.status = in_line(seconds=event.seconds, ahead=event.ahead)
        elif isinstance(event, Restarted):
            self._answer.restart()
            self._calls = Calls()
            if not self._answer.discarded:
                self._outcome.first_token = None

    def _start(self, event: AttemptStarted) -> None:
        self._outcome.target = event.target
        self._outcome.usage = None  # what the attempt before has counted says nothing about this one
        self._outcome.attempts.append(AttemptRecord(event.target, event.number, self._elapsed()))
        self._outcome.fallback_reason = fallback_reason(event.instead_of, event.because) if event.because else ""
        if self._in_line_since is not None:
            self._outcome.seconds_in_line += self._elapsed() - self._in_line_since
            self._in_line_since = None
            self._answer.status = _("Generating…")

    def _note_failure(self, event: AttemptFailed) -> None:
        record = self._outcome.attempts[-1]
        record.error_code, record.finished = event.code, self._elapsed()
        record.was_accepted, record.usage = event.was_accepted, self._outcome.usage
        record.received = len((self._answer.output + "".join(self._answer.reasoning)).encode()) + self._calls.size

    def _take_text(self, event: Delta | ReasoningDelta) -> None:
        is_answer = isinstance(event, Delta)
        text = event.text if event.text.isascii() and "\0" not in event.text else storable(event.text)
        if not text:
            return
        if not self._answer.has_begun:
            self._answer.begins()
        (self._answer.text if is_answer else self._answer.reasoning).append(text)
        self._note_first(is_answer=is_answer)

    def _take_call(self, event: ToolCallDelta) -> None:
        if news := self._calls.take(event):
            if not self._answer.has_begun:
                self._answer.begins()
            self._answer.calls.append(news)
        self._note_first(is_answer=True)

    def _note_first(self, *, is_answer: bool) -> None:
        if is_answer and self._outcome.first_token is None:
            self._outcome.first_token = self._elapsed()
        if self._outcome.attempts and self._outcome.attempts[-1].first_token is None:
            self._outcome.attempts[-1].first_token = self._elapsed()

    def complete(self) -> Outcome:
        """The provider's stream is over: without its Finish it was cut."""
        return self._end() if self._outcome.finish_reason else self.fail(Broken())

    def stop(self) -> Outcome:
        """Somebody stopped it, or this worker is going away."""
        self._outcome.state = self._answer.stopped or RunState.INTERRUPTED
        if self._outcome.state == RunState.INTERRUPTED:
            self._outcome.error_code = "restarted"
            self._outcome.error_message = _("The service was restarted meanwhile. What was written so far is kept.")
        self._outcome.is_billed = any(attempt.may_be_billed for attempt in self._outcome.attempts)
        return self._end()

    def fail(self, error: GatewayError) -> Outcome:
        """What arrived before is kept and paid for; a provider that never took the question has nothing to count."""
        began = bool(self._answer.text or self._answer.reasoning or self._calls.size)
        self._outcome.state = RunState.INTERRUPTED if began else RunState.FAILED
        self._outcome.is_billed = began or any(attempt.was_accepted for attempt in self._outcome.attempts)
        self._outcome.error_code = error.code
        self._outcome.error_message = error.sentence.format(model=self._model)
        return self._end(error.code)

    def _end(self, error_code: str = "") -> Outcome:
        self._outcome.text = self._answer.output
        self._outcome.discarded = self._answer.discarded
        self._outcome.unseen = self._calls.size
        if self._outcome.finish_reason == "tool_calls":
            self._outcome.calls = self._calls.whole()
        self._outcome.reasoning = "".join(self._answer.reasoning)
        if self._outcome.attempts and self._outcome.attempts[-1].finished is None:
            self._outcome.attempts[-1].finished = self._elapsed()
            self._outcome.attempts[-1].error_code = error_code
        return self._outcome

    def _elapsed(self) -> float:
        return time.monotonic() - self._began
