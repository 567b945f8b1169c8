"""What every worker process writes down about its running runs, every two seconds, in one statement.

The text so far survives the worker and Redis; the lease stays ours; and the row tells who is to stop, so that Stop
works when Redis does not. Who was switched off asks nothing any more, nor does a revoked key: their runs are to stop
too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import connection

from playground.runs.answers import Answer

SECONDS_BETWEEN = 2.0

# The database's clock is the only one for leases. A null text means "as it was".
_SAVE = """
UPDATE playground_run AS run
SET lease_until = now() + make_interval(secs => %s),
    output = coalesce(saved.output, run.output),
    reasoning = coalesce(saved.reasoning, run.reasoning),
    discarded = coalesce(saved.discarded, run.discarded)
FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[], %s::text[])
    AS saved (id, fence, output, reasoning, discarded)
WHERE run.id = saved.id AND run.fence = saved.fence AND run.state = 'running'
RETURNING run.id, run.cancel_requested_at IS NOT NULL
    OR NOT (SELECT is_active FROM accounts_user WHERE accounts_user.id = run.user_id)
    OR EXISTS (SELECT FROM accounts_apikey WHERE accounts_apikey.id = run.api_key_id AND revoked_at IS NOT NULL)
"""


@dataclass
class Verdict:
    """The runs that are to stop, and those that are ours no longer."""

    cancelled: list[UUID] = field(default_factory=list)
    lost: list[UUID] = field(default_factory=list)


def save(answers: Sequence[Answer]) -> Verdict:
    """Write the texts so far and renew the leases. What was unchanged since the last time is not written again."""
    texts: list[str | None] = []
    thoughts: list[str | None] = []
    discarded: list[str | None] = []
    sizes = []
    for answer in answers:
        may_be_seen = answer.let_out()
        text, reasoning = answer.output, "".join(answer.reasoning)
        size = answer.restart_at + len(text) + len(reasoning) if may_be_seen else answer.saved
        changed = size != answer.saved
        texts.append(text if changed else None)
        thoughts.append(reasoning if changed and reasoning else None)
        discarded.append(answer.discarded if changed and answer.restart_at else None)
        sizes.append(size)
    ids, fences = [answer.run_id for answer in answers], [answer.fence for answer in answers]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [settings.RUN_LEASE_SECONDS, ids, fences, texts, thoughts, discarded])
        ours: dict[UUID, bool] = dict(cursor.fetchall())
    for answer, size in zip(answers, sizes, strict=True):
        answer.saved = size
    return Verdict(
        [run_id for run_id, cancelled in ours.items() if cancelled], [run_id for run_id in ids if run_id not in ours]
    )
