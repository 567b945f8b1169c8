"""Old hours live on in their days: what nobody looks at any more is taken away, so that the tables stay small."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from playground.traffic.models import Tally
from playground.traffic.spans import KEPT

# How long the list of ended runs goes back.
RUNS_KEPT = timedelta(days=400)
BATCH = 20_000

TRIM_RUNS = """
DELETE FROM playground_endedrun WHERE run_id IN (
    SELECT run_id FROM playground_endedrun WHERE ended_at < %s ORDER BY ended_at LIMIT %s)
"""


def trim() -> None:
    now = timezone.now()
    for span, kept in KEPT.items():
        Tally.objects.filter(span=span, starts__lt=now - kept).delete()
    with connection.cursor() as cursor:
        cursor.execute(TRIM_RUNS, [now - RUNS_KEPT, BATCH])
