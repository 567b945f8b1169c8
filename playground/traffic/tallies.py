"""Sums of a batch of ended runs, and how they are added to the tallies that are there."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection
from django.utils import timezone

from playground.runs.models import Attempt
from playground.traffic.contributions import SUMS, USED, Part, calls, provider_of
from playground.traffic.models import COMPANY, Dimension, EndedRun, Slip, Span
from playground.traffic.spans import KEPT, start_of

Subject = tuple[Dimension, str]
# Five minutes of one department.
Place = tuple[datetime, int, Dimension, str]

# Bucket by bucket and cause by cause; whichever list is longer.
_ADD_UP = "ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest(old.{0}, excluded.{0}) AS both_lists (a, b))"
_ADD_CAUSES = """
(SELECT coalesce(jsonb_object_agg(code, n), '{}') FROM (
    SELECT code, sum(n::bigint) AS n
    FROM (SELECT * FROM jsonb_each_text(old.causes) UNION ALL SELECT * FROM jsonb_each_text(excluded.causes))
        AS each_one (code, n) GROUP BY code) AS summed)
"""
_COLUMNS = ("span", "dimension", "department_id", "key", "starts", *SUMS, "causes", "first_token", "total")
WRITE = f"""
INSERT INTO playground_tally AS old ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)} FROM jsonb_to_recordset(%s::jsonb) AS new (
    span text, dimension text, department_id bigint, key text, starts timestamptz,
    {" bigint, ".join(SUMS)} bigint, causes jsonb, first_token int[], total int[])
ON CONFLICT (span, dimension, department_id, starts, key) DO UPDATE SET
    {", ".join(f"{name} = old.{name} + excluded.{name}" for name in SUMS)},
    causes = {_ADD_CAUSES}, first_token = {_ADD_UP.format("first_token")}, total = {_ADD_UP.format("total")}
"""  # noqa: S608 - names of ours


class Tallies:
    """What a batch adds. Runs are added up where they are told apart finest, and rolled up from there at the end."""

    def __init__(self) -> None:
        self._finest: defaultdict[Place, Part] = defaultdict(Part)

    def add_run(self, ended: EndedRun, attempts: list[Attempt]) -> None:
        retries = sum(is_retry for _, is_retry, _ in calls(attempts))
        for part in self._at(ended, _subjects(ended)):
            part.add_run(ended, retries=retries)
        for attempt, is_retry, is_left in calls(attempts):
            for part in self._at(ended, _call_subjects(attempt.deployment)):
                part.add_call(attempt, is_retry=is_retry, is_left=is_left)
            for part in self._at(ended, _call_subjects(attempt.deployment)) if attempt.cost else ():
                part.add_usage(attempt)
        if attempts:
            for part in self._at(ended, _call_subjects(ended.deployment)):
                part.add_usage(_what_no_call_has(ended, attempts))
                part.add_speed(ended.output_tokens, attempts[-1].first_token_at, attempts[-1].finished_at)

    def add_correction(self, ended: EndedRun, change: Slip) -> None:
        for part in self._at(ended, [*_subjects(ended), *(_call_subjects(ended.deployment) if ended.calls else ())]):
            part.add_usage(change)

    def _at(self, ended: EndedRun, subjects: Iterable[Subject]) -> Iterator[Part]:
        start = start_of(Span.MINUTES, ended.ended_at)
        for dimension, key in subjects:
            yield self._finest[start, ended.department_id, dimension, key]

    def write(self) -> None:
        rows = [
            dict(zip(_COLUMNS, place, strict=False)) | Part.sum(parts).as_columns()
            for place, parts in self._rolled_up().items()
        ]
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [json.dumps(rows, default=datetime.isoformat)])

    def _rolled_up(self) -> dict[tuple[Span, Dimension, int, str, datetime], list[Part]]:
        """Each part in every tally that it belongs to, but for those that are no longer kept."""
        now = timezone.now()
        found = defaultdict(list)
        for (start, department, dimension, key), part in self._finest.items():
            for span in Span:
                if span in KEPT and start <= now - KEPT[span]:
                    continue
                begins = start_of(span, start)
                found[span, dimension, COMPANY, key, begins].append(part)
                # Five minutes of one department say little.
                if span != Span.MINUTES:
                    found[span, dimension, department, key, begins].append(part)
                if dimension == Dimension.ALL:
                    found[span, Dimension.DEPARTMENT, COMPANY, str(department), begins].append(part)
        return found


def _what_no_call_has(ended: EndedRun, attempts: list[Attempt]) -> Slip:
    """What the run used beyond what is written at its calls: it was used where it was answered."""
    paid = [attempt for attempt in attempts if attempt.cost]
    rest = {name: getattr(ended, name) - sum(getattr(one, name) for one in paid) for name in USED}
    return Slip(**rest)


def _subjects(ended: EndedRun) -> Iterator[Subject]:
    yield Dimension.ALL, ""
    yield Dimension.MODEL, ended.model
    yield Dimension.SOURCE, ended.source
    if ended.tool:
        yield Dimension.TOOL, ended.tool


def _call_subjects(deployment: str) -> Iterator[Subject]:
    yield Dimension.DEPLOYMENT, deployment
    yield Dimension.PROVIDER, provider_of(deployment)
