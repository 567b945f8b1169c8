"""Counts everything again from the runs themselves: after a restore, or when somebody doubts the tallies."""

from django.db import connection, transaction

from playground.traffic.folding import LOCK, fold_all
from playground.traffic.models import EndedRun, Slip, Tally

# What the triggers would have written for all that ended, in that order; adjustments are in the money book alone.
SLIPS = """
INSERT INTO playground_slip (run_id, is_correction, cost, input_tokens, output_tokens, cached_tokens)
SELECT id, false, cost, input_tokens, output_tokens, cached_tokens FROM playground_run
WHERE finished_at IS NOT NULL ORDER BY finished_at;
INSERT INTO playground_slip (run_id, is_correction, cost, input_tokens, output_tokens, cached_tokens)
SELECT reservation_id, true, amount, 0, 0, 0 FROM playground_ledgerentry WHERE kind = 'adjust' ORDER BY id;
"""


def rebuild() -> int:
    """Forget every tally and count what ended again. The pages fill up again while it folds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # No run may end between what is forgotten and what is noted anew.
        cursor.execute("LOCK TABLE playground_run, playground_ledgerentry IN SHARE MODE")
        for table in (Tally, EndedRun, Slip):
            table.objects.all().delete()
        cursor.execute(SLIPS)
    folded = 0
    while taken := fold_all():
        folded += taken
    return folded
