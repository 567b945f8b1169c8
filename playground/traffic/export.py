"""The tallies as a file for spreadsheets: every row of the table for every span of the time."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from playground.traffic.histogram import quantiles
from playground.traffic.models import Tally
from playground.traffic.numbers import Numbers
from playground.traffic.questions import Question
from playground.traffic.report import names_of

HEAD = (
    *("from", "each", "what", "name", "requests", "failed", "stopped", "fallbacks", "retries"),
    *("input_tokens", "output_tokens", "cached_tokens", "cost_micro_units", "tokens_a_second"),
    *("first_token_p50_ms", "first_token_p95_ms", "first_token_p99_ms"),
    *("total_p50_ms", "total_p95_ms", "total_p99_ms", "causes"),
)
QUANTILES = (0.5, 0.95, 0.99)


def lines(question: Question, tallies: QuerySet[Tally]) -> Iterator[str]:
    names: dict[str, str] = {}
    yield _line(HEAD)
    for tally in tallies.order_by("starts", "key").iterator(chunk_size=500):
        if tally.key not in names:
            names |= names_of(question.by, [tally.key])
        yield _line(_cells(tally, names[tally.key]))


def _cells(tally: Tally, name: str) -> list[Any]:
    speed = Numbers(streamed_tokens=tally.streamed_tokens, streaming_ms=tally.streaming_ms).tokens_a_second
    times = [*quantiles(tally.first_token, QUANTILES), *quantiles(tally.total, QUANTILES)]
    return [
        *(tally.starts.isoformat(), tally.span, tally.dimension, _harmless(name)),
        *(tally.requests, tally.failed, tally.stopped, tally.fallbacks, tally.retries),
        *(tally.input_tokens, tally.output_tokens, tally.cached_tokens, tally.cost),
        "" if speed is None else round(speed, 1),
        *("" if time is None else round(time) for time in times),
        " ".join(f"{cause}={count}" for cause, count in sorted(tally.causes.items())),
    ]


def _harmless(text: str) -> str:
    """A spreadsheet takes what begins like a formula for one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _line(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
