"""Sums of a batch of ended runs, and how they are added to the tallies that are there."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime

from django.db import connection
from django.utils import timezone

from playground.runs.models import Attempt
from playground.traffic.contributions import SUMS, Part, calls, provider_of
from playground.traffic.models import COMPANY, Dimension, EndedRun, Slip, Span
from playground.traffic.spans import KEPT, start_of

Place = tuple[Dimension, int, str]
Key = tuple[Span, Dimension, int, str, datetime]

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
    """The parts that a batch adds, until `write` adds them in one statement."""

    def __init__(self) -> None:
        self._now = timezone.now()
        self._parts: defaultdict[Key, Part] = defaultdict(Part)

    def add_run(self, ended: EndedRun, attempts: list[Attempt]) -> None:
        retries = sum(is_retry for _, is_retry, _ in calls(attempts))
        for part in self._at(ended.ended_at, _places(ended)):
            part.add_run(ended, retries=retries)
        for attempt, is_retry, is_left in calls(attempts):
            for part in self._at(ended.ended_at, _call_places(attempt.deployment, ended.department_id)):
                part.add_call(attempt, is_retry=is_retry, is_left=is_left)
        # What a run used was used where it was answered.
        if attempts:
            for part in self._at(ended.ended_at, _call_places(ended.deployment, ended.department_id)):
                part.add_usage(ended)
                part.add_speed(ended.output_tokens, attempts[-1].first_token_at, attempts[-1].finished_at)

    def add_correction(self, ended: EndedRun, change: Slip) -> None:
        asked = _call_places(ended.deployment, ended.department_id) if ended.calls else ()
        for part in self._at(ended.ended_at, [*_places(ended), *asked]):
            part.add_usage(change)

    def _at(self, moment: datetime, places: Iterable[Place]) -> Iterator[Part]:
        """The parts of those places in every span of that moment that is still kept."""
        spans = [
            (span, start_of(span, moment)) for span in Span if span not in KEPT or moment > self._now - KEPT[span]
        ]
        for place in places:
            for span, start in spans:
                yield self._parts[span, *place, start]

    def write(self) -> None:
        # In one order, so that no two transactions ever wait for each other.
        rows = [
            dict(zip(_COLUMNS, key, strict=False)) | asdict(part)
            for key, part in sorted(self._parts.items(), key=lambda item: item[0])
        ]
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [json.dumps(rows, default=datetime.isoformat)])


def _places(ended: EndedRun) -> Iterator[Place]:
    for department in (COMPANY, ended.department_id):
        yield Dimension.ALL, department, ""
        yield Dimension.MODEL, department, ended.model
        yield Dimension.SOURCE, department, ended.source
        if ended.tool:
            yield Dimension.TOOL, department, ended.tool
    yield Dimension.DEPARTMENT, COMPANY, str(ended.department_id)


def _call_places(deployment: str, department_id: int) -> Iterator[Place]:
    for department in (COMPANY, department_id):
        yield Dimension.DEPLOYMENT, department, deployment
        yield Dimension.PROVIDER, department, provider_of(deployment)
