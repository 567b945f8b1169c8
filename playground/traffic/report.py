"""What the gateway's page shows: from the tallies alone, in three queries whatever there is."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Department
from playground.runs.models import RunSource
from playground.traffic.causes import name_of
from playground.traffic.links import Links
from playground.traffic.models import Dimension, Tally
from playground.traffic.numbers import SUMMED, Histograms, Numbers
from playground.traffic.questions import Question

# Of more than so many the page shows the largest; the download has all.
ROWS = 50


@dataclass(frozen=True, slots=True)
class Point:
    """The numbers of one span of time."""

    label: str
    numbers: Numbers
    links: Links


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one value of the dimension, over the whole time."""

    key: str
    name: str
    numbers: Numbers
    links: Links


@dataclass(frozen=True, slots=True)
class Cause:
    """Why some failed, how many, and which."""

    name: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    """`name` is of the one value that everything is narrowed to, if it is."""

    name: str
    points: list[Point]
    whole: Numbers
    links: Links
    causes: list[Cause]
    rows: list[Row]
    has_more: bool


def report(question: Question) -> Report:
    points = points_of(question)
    whole = Numbers.sum([point.numbers for point in points])
    rows = rows_of(question, most=ROWS + 1)
    name = names_of(question.by, [question.key])[question.key] if question.key else ""
    links = Links(question, question.key, question.since, question.until)
    causes = [Cause(name_of(cause), count, links.because_of(cause)) for cause, count in whole.worst_causes]
    return Report(name, points, whole, links, causes, rows[:ROWS], len(rows) > ROWS)


def points_of(question: Question) -> list[Point]:
    """One for each span of the time, also where nothing happened."""
    dimension, key = question.subject
    found = {
        start: _numbers(values)
        for start, *values in tallies_of(question, dimension)
        .filter(key=key)
        .values_list("starts", *SUMMED, "causes", "first_token", "total")
    }
    ends = [*question.starts[1:], question.until]
    return [
        Point(question.label(start), found.get(start) or Numbers(), Links(question, question.key, start, end))
        for start, end in zip(question.starts, ends, strict=True)
    ]


def rows_of(question: Question, *, most: int | None = None) -> list[Row]:
    """The largest first, as the question sorts."""
    tallies = tallies_of(question)
    sums = tallies.values_list("key").annotate(**{f"{name}_": Sum(name) for name in SUMMED})
    largest = list(sums.order_by(f"-{question.sort}_", "key")[:most])
    numbers = {key: _numbers([int(value) for value in values]) for key, *values in largest}
    parts: defaultdict[str, list[Histograms]] = defaultdict(list)
    for key, *part in tallies.filter(key__in=numbers).values_list("key", "causes", "first_token", "total"):
        parts[key].append((part[0], part[1], part[2]))
    for key, each in numbers.items():
        each.add_histograms(parts[key])
    names = names_of(question.by, numbers)
    links = {key: Links(question, key, question.since, question.until) for key in numbers}
    return [Row(key, names[key], each, links[key]) for key, each in numbers.items()]


def tallies_of(question: Question, dimension: str = "") -> QuerySet[Tally]:
    return Tally.objects.filter(
        span=question.span,
        dimension=dimension or question.by,
        department_id=question.department,
        starts__gte=question.since,
        starts__lt=question.until,
    )


def _numbers(values: list[Any]) -> Numbers:
    """From the columns of SUMMED and what follows them."""
    return Numbers(*values)


def names_of(dimension: str, keys: Any) -> dict[str, str]:
    """As people know them: a department's id becomes its name."""
    if dimension == Dimension.DEPARTMENT:
        departments = Department.objects.in_bulk([int(key) for key in keys if key.isdigit()])
        return {key: str(departments.get(int(key) if key.isdigit() else 0, key)) for key in keys}
    if dimension == Dimension.SOURCE:
        return {key: str(dict(RunSource.choices).get(key, key)) for key in keys}
    return {key: key or _("none") for key in keys}
