"""Where the bars and lines of a chart go. The template draws them as SVG, 1000 wide and 100 high, and is stretched."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from playground.lib.measures import format_count, format_ms
from playground.lib.money import format_money
from playground.traffic.report import Point

WIDTH, HEIGHT = 1000, 100
# Of the room of one span, what is left between two bars.
GAP = 0.22


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """Several strokes where nothing was measured in between; dots where one stands alone."""

    kind: str
    name: str
    strokes: list[str]
    dots: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Hover:
    x: str
    width: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`top` and `middle` are what its highest line and the one half way up mean."""

    slug: str
    title: str
    summary: str
    top: str
    middle: str
    bars: list[Bar]
    lines: list[Line]
    hovers: list[Hover]
    legend: list[tuple[str, str]]
    is_empty: bool


def charts(points: Sequence[Point]) -> list[Chart]:
    return [requests_chart(points), first_token_chart(points), tokens_chart(points), cost_chart(points)]


def requests_chart(points: Sequence[Point]) -> Chart:
    parts = [("fine", _("Done")), ("stopped", _("Stopped")), ("failed", _("Failed"))]
    return _stacked("requests", _("Requests"), points, parts, format_count)


def tokens_chart(points: Sequence[Point]) -> Chart:
    parts = [("input_tokens", _("In")), ("output_tokens", _("Out"))]
    return _stacked("tokens", _("Tokens"), points, parts, format_count)


def cost_chart(points: Sequence[Point]) -> Chart:
    return _stacked("cost", _("Cost"), points, [("cost", _("Cost"))], lambda amount: format_money(int(amount)))


def _stacked(
    slug: str,
    title: str,
    points: Sequence[Point],
    parts: list[tuple[str, str]],
    write: Callable[[float], str],
) -> Chart:
    top = _round_up(max((sum(getattr(point.numbers, kind) for kind, _ in parts) for point in points), default=0))
    bars = []
    for position, point in enumerate(points):
        x, width = _slot(position, len(points))
        base = float(HEIGHT)
        for kind, _name in parts:
            height = getattr(point.numbers, kind) / top * HEIGHT
            base -= height
            if height > 0:
                gap = width * GAP / 2
                bars.append(Bar(_near(x + gap), _near(base), _near(width - 2 * gap), _near(height), kind))

    def say(point: Point) -> str:
        return ", ".join(f"{name}: {write(getattr(point.numbers, kind))}" for kind, name in parts)

    return Chart(
        slug=slug,
        title=title,
        summary=", ".join(
            f"{name}: {write(sum(getattr(point.numbers, kind) for point in points))}" for kind, name in parts
        ),
        top=write(top),
        middle=write(top / 2),
        bars=bars,
        lines=[],
        hovers=_hovers(points, say),
        legend=parts if len(parts) > 1 else [],
        is_empty=not bars,
    )


def first_token_chart(points: Sequence[Point]) -> Chart:
    kinds = [("first_token_p50", "p50"), ("first_token_p95", "p95")]
    values = {kind: [getattr(point.numbers, kind) for point in points] for kind, _name in kinds}
    top = _round_up(max((value for each in values.values() for value in each if value is not None), default=0))

    def say(point: Point) -> str:
        return ", ".join(f"{name}: {format_ms(getattr(point.numbers, kind))}" for kind, name in kinds)

    last = next((point for point in reversed(points) if point.numbers.first_token), None)
    return Chart(
        slug="first-token",
        title=_("Time to first token"),
        summary=_("Last measured: %(values)s") % {"values": say(last)} if last else "",
        top=format_ms(top),
        middle=format_ms(top / 2),
        bars=[],
        lines=[_line(kind, name, values[kind], top) for kind, name in kinds],
        hovers=_hovers(points, say),
        legend=kinds,
        is_empty=last is None,
    )


def _line(kind: str, name: str, values: Sequence[float | None], top: float) -> Line:
    runs: list[list[tuple[str, str]]] = [[]]
    for position, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        x, width = _slot(position, len(values))
        runs[-1].append((_near(x + width / 2), _near(HEIGHT - value / top * HEIGHT)))
    strokes = [" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1]
    return Line(kind, name, strokes, [run[0] for run in runs if len(run) == 1])


def _hovers(points: Sequence[Point], say: Callable[[Point], str]) -> list[Hover]:
    hovers = []
    for position, point in enumerate(points):
        x, width = _slot(position, len(points))
        hovers.append(Hover(_near(x), _near(width), f"{point.label} – {say(point)}"))
    return hovers


def _slot(position: int, count: int) -> tuple[float, float]:
    return position * WIDTH / count, WIDTH / count


def _near(number: float) -> str:
    """As SVG reads it, whatever a number looks like in the person's language."""
    return f"{number:.2f}"


def _round_up(highest: float) -> float:
    """The next round number of its size: what an axis ends at."""
    if highest <= 0:
        return 1
    size = 10.0 ** math.floor(math.log10(highest))
    return next(size * step for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if highest <= size * step)
