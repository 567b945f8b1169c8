"""From a number to the runs behind it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from playground.traffic.models import CALLS
from playground.traffic.questions import Question


@dataclass(frozen=True, slots=True)
class Links:
    """The runs of one row or span of a question."""

    question: Question
    key: str
    since: datetime
    until: datetime

    @property
    def narrower(self) -> str:
        """The query of the page that shows this row alone."""
        return self.question.address(key=self.key)

    @property
    def runs(self) -> str:
        return self._url()

    @property
    def failed(self) -> str:
        return self._url(outcome=self._failed)

    @property
    def stopped(self) -> str:
        return self._url(outcome="stopped")

    @property
    def fell_back(self) -> str:
        # Of a deployment that another one was asked after it means that its call had failed.
        return self._url(outcome="call_failed" if self._is_of_calls else "fell_back")

    def because_of(self, cause: str) -> str:
        return self._url(outcome=self._failed, cause=cause)

    @property
    def _is_of_calls(self) -> bool:
        return bool(self.key) and self.question.by in CALLS

    @property
    def _failed(self) -> str:
        return "call_failed" if self._is_of_calls else "failed"

    def _url(self, **more: str) -> str:
        narrower = ({self.question.by: self.key} if self.key else {}) | more
        where = _runs_between(self.since, self.until, self.question.department)
        return f"{where}&{urlencode(narrower)}" if narrower else where


@lru_cache(maxsize=256)
def _runs_between(since: datetime, until: datetime, department: int) -> str:
    """All rows of a table begin with the same."""
    words = {"since": since.isoformat(), "until": until.isoformat(), "department": department}
    return f"{reverse('traffic:runs')}?{urlencode({name: word for name, word in words.items() if word})}"
