"""A queued run becomes ours: its state, its fence, its lease, and that a provider call is about to leave."""

import json
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from playground.lib.refusal import Refusal
from playground.quota import ledger
from playground.runs.models import Run

# What it takes to ask, and to end what was asked; the rest is read when somebody looks. One statement that gives the
# row back: the ORM's update and read cost 1 ms more a run.
_NEEDED = {
    *("id", "fence", "started_at", "created_at", "model_id", "model_name"),
    *("request", "prices", "max_output_tokens", "input_token_bound", "input_token_guess", "image_count"),
    *("department_id", "may_fall_back", "on_break", "is_batch", "cache_key", "cache_seconds"),
}
_COLUMNS = [field.attname for field in Run._meta.concrete_fields if field.attname in _NEEDED]
_CLAIM = f"""
UPDATE playground_run
SET state = 'running', fence = fence + 1, started_at = statement_timestamp(),
    lease_until = statement_timestamp() + make_interval(secs => %s)
WHERE id = %s AND state = 'queued'
RETURNING {", ".join(_COLUMNS)}, (SELECT is_active FROM accounts_user WHERE accounts_user.id = user_id)
    AND NOT EXISTS (SELECT FROM accounts_apikey WHERE accounts_apikey.id = api_key_id AND revoked_at IS NOT NULL)
"""  # noqa: S608 - names of columns


@transaction.atomic
def claim_run(run_id: UUID) -> Run | None:
    """The run, with what is needed to ask and to end it; None when it is no longer queued.

    Written down before the provider call leaves. Raises, and leaves the run queued: ReservationClosed when nothing is
    set aside for it any more, Refusal when the person was disabled or the key revoked in the meantime.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [settings.RUN_LEASE_SECONDS, run_id])
        row = cursor.fetchone()
    if row is None:
        return None
    *values, may_ask = row
    run = Run.from_db(connection.alias, _COLUMNS, values)
    if not may_ask:
        raise Refusal(_("%(person)s may no longer ask.") % {"person": Run.objects.get(pk=run_id).user})
    run.request, run.prices = (json.loads(text) for text in (run.request or "null", run.prices))
    ledger.mark_started(run_id)
    return run
