"""What somebody wants to see of the traffic: which time, of whom, by what. From the address of a page."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from playground.lib.moments import MomentField
from playground.traffic.access import departments_of, may_see_company
from playground.traffic.models import COMPANY, Dimension, Span
from playground.traffic.spans import STEP, after, company_zone, last_starts

# The time a page looks back over: in spans of which size, and how many.
PERIODS = {"hour": (Span.MINUTES, 12), "day": (Span.HOUR, 24), "month": (Span.DAY, 30), "year": (Span.MONTH, 12)}
# Minutes are counted for the whole company alone: of a department the shortest time is a day.
PERIOD_NAMES = [("hour", _("Hour")), ("day", _("Day")), ("month", _("Month")), ("year", _("Year"))]
SORTS = ("requests", "failed", "fallbacks", "output_tokens", "cost")


@dataclass(frozen=True, slots=True)
class Question:
    """`by` is what the table lists; `key` narrows everything to one value of it. `department` 0 is the company."""

    period: str
    starts: tuple[datetime, ...]
    is_now: bool
    by: str
    key: str
    department: int
    sort: str

    @property
    def span(self) -> Span:
        return PERIODS[self.period][0]

    @property
    def since(self) -> datetime:
        return self.starts[0]

    @property
    def until(self) -> datetime:
        return after(self.span, self.starts[-1])

    @property
    def subject(self) -> tuple[str, str]:
        """Whose numbers the figures and charts show."""
        return (self.by, self.key) if self.key else (Dimension.ALL, "")

    @property
    def query(self) -> str:
        return self.address()

    def label(self, moment: datetime) -> str:
        """Hours are the reader's; days and months begin when the company's do."""
        if self.span in STEP:
            return date_format(timezone.localtime(moment), "H:i")
        return date_format(timezone.localtime(moment, company_zone()), "j M" if self.span == Span.DAY else "M Y")

    def address(self, **changes: object) -> str:
        """The query of a page that differs from this one in `changes`."""
        words: dict[str, object] = {
            "period": self.period,
            "until": "" if self.is_now else self.until.isoformat(),
            "by": self.by,
            "key": self.key,
            "department": self.department or "",
            "sort": "" if self.sort == SORTS[0] else self.sort,
        } | changes
        return urlencode({name: value for name, value in words.items() if value})


class QuestionForm(forms.Form):
    period = forms.ChoiceField(choices=PERIOD_NAMES, required=False)
    until = MomentField(required=False)
    by = forms.ChoiceField(choices=[choice for choice in Dimension.choices if choice[0] != "all"], required=False)
    key = forms.CharField(max_length=300, required=False, strip=False)
    sort = forms.ChoiceField(choices=[(name, name) for name in SORTS], required=False)

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data)
        of_company = may_see_company(user)
        departments = departments_of(user).order_by("name")
        # Who sees the departments of her own only need not choose the first one.
        self._first = None if of_company else departments.first()
        self.fields["department"] = forms.ModelChoiceField(
            departments, required=False, empty_label=_("The whole company") if of_company else None
        )
        self.offers_choice = of_company or departments.count() > 1

    def question(self) -> Question:
        """Of a form that is valid."""
        words = self.cleaned_data
        department = words["department"] or self._first
        period = words["period"] or "day"
        if department is not None and PERIODS[period][0] == Span.MINUTES:
            period = "day"
        span, count = PERIODS[period]
        now = timezone.now()
        until = min(words["until"] or now, now)
        by = words["by"] or Dimension.MODEL
        if department is not None and by == Dimension.DEPARTMENT:
            by = Dimension.MODEL
        return Question(
            period=period,
            starts=tuple(last_starts(span, until, count)),
            is_now=words["until"] is None or until >= now,
            by=by,
            key=words["key"],
            department=department.pk if department else COMPANY,
            sort=words["sort"] or SORTS[0],
        )
