"""Takes the slips of ended runs away and adds them to the tallies: in one transaction, so each counts exactly once."""

from django.db import connection, transaction

from playground.runs.models import Attempt, Run
from playground.traffic.contributions import ended_run
from playground.traffic.models import EndedRun, Slip
from playground.traffic.tallies import Tallies

# Tallies are written by one at a time; who finds the lock taken leaves the slips to the one who has it.
LOCK = 7_310_002
BATCH = 2_000

# A word is all that is not read: what was asked and answered.
WORDS = ("request", "output", "output_html", "reasoning", "error_message", "prices")

TAKEN = ("id", "run_id", "is_correction", "cost", "input_tokens", "output_tokens", "cached_tokens", "created_at")
TAKE = f"""
DELETE FROM playground_slip WHERE id IN (SELECT id FROM playground_slip ORDER BY id LIMIT %s)
RETURNING {", ".join(TAKEN)}
"""  # noqa: S608 - names of ours


def fold_all(*, most: int = 50) -> int:
    """Fold batch after batch until nothing is left, at most so many; says how many slips there were."""
    folded = 0
    for _ in range(most):
        taken = fold()
        folded += taken
        if taken < BATCH:
            break
    return folded


@transaction.atomic
def fold() -> int:
    """Fold the oldest slips and say how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(TAKE, [BATCH])
        slips = [Slip(**dict(zip(TAKEN, row, strict=True))) for row in sorted(cursor.fetchall())]
    tallies = Tallies()
    ended = _take_ends([slip for slip in slips if not slip.is_correction], tallies)
    # In its transaction a run ends before it is corrected, so its row is there by now.
    EndedRun.objects.bulk_create(ended, batch_size=500)
    _take_corrections([slip for slip in slips if slip.is_correction], tallies)
    tallies.write()
    return len(slips)


def _take_ends(slips: list[Slip], tallies: Tallies) -> list[EndedRun]:
    runs = Run.objects.defer(*WORDS).in_bulk([slip.run_id for slip in slips])
    attempts: dict[object, list[Attempt]] = {run_id: [] for run_id in runs}
    for attempt in Attempt.objects.filter(run__in=runs).order_by("run", "number"):
        attempts[attempt.run_id].append(attempt)
    found = []
    for slip in slips:
        # A run that was removed within seconds of its end leaves nothing to count.
        if run := runs.get(slip.run_id):
            ended = ended_run(run, attempts[run.pk], slip)
            tallies.add_run(ended, attempts[run.pk])
            found.append(ended)
    return found


def _take_corrections(slips: list[Slip], tallies: Tallies) -> None:
    ended = EndedRun.objects.in_bulk([slip.run_id for slip in slips])
    for slip in slips:
        if run := ended.get(slip.run_id):
            tallies.add_correction(run, slip)
            run.add(slip)
    EndedRun.objects.bulk_update(ended.values(), ["cost", "input_tokens", "output_tokens", "cached_tokens"])
