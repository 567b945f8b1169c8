"""From one report to the next: other times, other lists, another order."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from playground.traffic.models import COMPANY, Dimension, Span
from playground.traffic.questions import PERIOD_NAMES, PERIODS, Question

Choice = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Navigation:
    """Lists of choices are (value, name, query of that page)."""

    question: Question

    @property
    def title(self) -> str:
        since, until = self.question.since, self.question.until
        if self.question.period in {"hour", "day"}:
            return f"{_moment(since)} – {_moment(until)}"
        first, last = self.question.label(since), self.question.label(self.question.starts[-1])
        return f"{first} – {last}"

    @property
    def periods(self) -> list[Choice]:
        return [
            (name, str(label), self.question.address(period=name, until=""))
            for name, label in PERIOD_NAMES
            if self.question.department == COMPANY or PERIODS[name][0] != Span.MINUTES
        ]

    @property
    def earlier(self) -> str:
        return self.question.address(until=self.question.since.isoformat())

    @property
    def following(self) -> str:
        length = self.question.until - self.question.since
        return self.question.address(until=(self.question.until + length).isoformat())

    @property
    def ticks(self) -> list[str]:
        """What stands under a chart: its first, its middle and its last span."""
        starts = self.question.starts
        return [self.question.label(start) for start in (starts[0], starts[PERIODS[self.question.period][1] // 2])] + [
            self.question.label(starts[-1])
        ]

    @property
    def dimensions(self) -> list[Choice]:
        without = {Dimension.ALL} if self.question.department == COMPANY else {Dimension.ALL, Dimension.DEPARTMENT}
        return [
            (one.value, str(one.label), self.question.address(by=one.value, key=""))
            for one in Dimension
            if one not in without
        ]

    @property
    def by_name(self) -> str:
        return str(Dimension(self.question.by).label)

    @property
    def without_key(self) -> str:
        return self.question.address(key="")

    @property
    def sorts(self) -> list[Choice]:
        names = {
            "requests": _("Requests"),
            "failed": _("Failed"),
            "fallbacks": _("Fallbacks"),
            "output_tokens": _("Tokens"),
            "cost": _("Cost"),
        }
        return [(name, label, self.question.address(sort=name)) for name, label in names.items()]


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M H:i")
