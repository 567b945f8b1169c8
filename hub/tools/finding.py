"""Finding a tool among thousands: the same few queries whatever their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from accounts.models import Department, User
from hub.tools.access import departments_of, tools_for
from hub.tools.models import Tool, ToolRun, ToolVersion, VersionState

MOST_WORDS = 8
RECENT = timedelta(days=30)
MOST_FOR_YOU = 6


@dataclass(frozen=True, slots=True)
class Card:
    """A tool as the hub lists it; `people` used it in the last 30 days."""

    tool: Tool
    model_name: str
    people: int


def find_tools(user: User, *, q: str = "", category: str = "", department: str = "") -> QuerySet[Tool]:
    """The tools that `user` may run and that hold every word of `q` in their name or line, by name."""
    tools = tools_for(user)
    for word in q.split()[:MOST_WORDS]:
        tools = tools.filter(Q(name__icontains=word) | Q(summary__icontains=word))
    if category:
        tools = tools.filter(category=category)
    if department:
        tools = tools.filter(department__slug=department)
    return tools.select_related("owner", "department").order_by("name", "pk")


def for_her_departments(user: User) -> QuerySet[Tool]:
    """What her own departments made last."""
    mine = tools_for(user).filter(department__in=departments_of(user))
    return mine.select_related("owner", "department").order_by("-updated_at", "pk")[:MOST_FOR_YOU]


def cards_of(tools: Iterable[Tool]) -> list[Card]:
    """Two queries, however many tools."""
    listed = list(tools)
    live = ToolVersion.objects.filter(tool__in=listed, state=VersionState.PUBLISHED)
    models = dict(live.values_list("tool", "model__name"))
    people = people_lately(listed)
    return [Card(tool, models.get(tool.pk) or "", people.get(tool.pk, 0)) for tool in listed]


def departments_with_tools(user: User) -> QuerySet[Department]:
    return Department.objects.filter(pk__in=tools_for(user).values("department"))


def people_lately(tools: Iterable[Tool]) -> dict[int, int]:
    """How many different people used each of them in the last 30 days."""
    runs = ToolRun.objects.filter(
        version__tool__in=[tool.pk for tool in tools], created_at__gte=timezone.now() - RECENT
    )
    counted = runs.values(tool=F("version__tool")).annotate(people=Count("user", distinct=True))
    return {row["tool"]: row["people"] for row in counted.order_by()}
