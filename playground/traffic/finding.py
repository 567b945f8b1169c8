"""The ended runs behind a number, the newest first: how they went, never whose they were or what was said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from playground.lib.moments import MomentField
from playground.runs.models import RunSource
from playground.traffic.causes import name_of
from playground.traffic.models import EndedRun

PAGE = 50
OUTCOMES = [
    ("", _("Any outcome")),
    ("failed", _("Failed")),
    ("call_failed", _("A call failed")),
    ("fell_back", _("Answered by another one")),
    ("stopped", _("Stopped")),
]


class RunsForm(forms.Form):
    """What the list is narrowed to. A deployment or provider means who answered, or where a call failed."""

    outcome = forms.ChoiceField(choices=OUTCOMES, required=False, label=_("Outcome"))
    cause = forms.SlugField(max_length=40, required=False, label=_("Cause"))
    source = forms.ChoiceField(choices=[("", _("Any door")), *RunSource.choices], required=False, label=_("Door"))
    model = forms.CharField(max_length=100, required=False, label=_("Model"))
    tool = forms.CharField(max_length=100, required=False, label=_("Tool"))
    deployment = forms.CharField(max_length=300, required=False, label=_("Deployment"))
    provider = forms.CharField(max_length=300, required=False, label=_("Provider"))
    department = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, label=_("Department"))
    since = MomentField(required=False, label=_("From"))
    until = MomentField(required=False, label=_("Until"))
    # Where the next page goes on.
    before = MomentField(required=False)
    id = forms.UUIDField(required=False)

    def find(self, runs: QuerySet[EndedRun]) -> "Found":
        """Of a form that is valid."""
        words = self.cleaned_data
        for name in ("source", "model", "tool", "department"):
            if words[name]:
                runs = runs.filter(**{{"department": "department_id"}.get(name, name): words[name]})
        if words["since"]:
            runs = runs.filter(ended_at__gte=words["since"])
        if words["until"]:
            runs = runs.filter(ended_at__lt=words["until"])
        runs = runs.filter(self._how())
        if words["before"] and words["id"]:
            runs = runs.filter(Q(ended_at__lt=words["before"]) | Q(ended_at=words["before"], run_id__lt=words["id"]))
            # The index is entered here; the rest is the same moment twice.
            runs = runs.filter(ended_at__lte=words["before"])
        # Which ones is read from the indexes alone, however many rows have to be passed over to find them.
        which = runs.order_by("-ended_at", "-run_id").values("pk")[: PAGE + 1]
        page = list(EndedRun.objects.filter(pk__in=which).order_by("-ended_at", "-run_id"))
        last = page[PAGE - 1] if len(page) > PAGE else None
        return Found(page[:PAGE], Place(last.ended_at, last.run_id) if last else None)

    def narrowed(self, query: QueryDict) -> list[tuple[str, str, str]]:
        """What the list is narrowed to: its name, its value, and the query of the list without it."""
        found = []
        for name, value in self.cleaned_data.items():
            if not value or name in {"before", "id"}:
                continue
            without = query.copy()
            for left_out in (name, "before", "id"):
                without.pop(left_out, None)
            found.append((str(self.fields[name].label), self._shown(name, value), without.urlencode()))
        return found

    def _shown(self, name: str, value: Any) -> str:
        match name:
            case "outcome" | "source":
                return str(dict([*OUTCOMES, *RunSource.choices]).get(value, value))
            case "cause":
                return name_of(value)
            case "department":
                return str(Department.objects.filter(pk=value).first() or value)
            case "since" | "until":
                return date_format(timezone.localtime(value), "Y-m-d H:i")
        return str(value)

    def _how(self) -> Q:
        words = self.cleaned_data
        where = [words[name] for name in ("deployment", "provider") if words[name]]
        if words["outcome"] == "call_failed":
            wanted = {"failed_at__contains": where, "causes__contains": [words["cause"]] if words["cause"] else []}
            return ~Q(failed_at=[]) & Q(**{name: names for name, names in wanted.items() if names})
        how = {"failed": ~Q(cause=""), "fell_back": Q(fell_back=True), "stopped": Q(state="cancelled")}
        outcome = how.get(words["outcome"], Q())
        if words["cause"]:
            outcome &= ~Q(cause="") & Q(cause=words["cause"])
        for name in ("deployment", "provider"):
            if words[name]:
                outcome &= Q(**{name: words[name]})
        return outcome


@dataclass(frozen=True, slots=True)
class Place:
    """After which run the next page begins."""

    ended_at: datetime
    run_id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    runs: list[EndedRun]
    after: Place | None
