"""The one step of a reservation out of `held`, for the ledger alone: its closing lines and its windows with it."""

import logging
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from playground.quota.models import Confidence

logger = logging.getLogger(__name__)

# One round trip instead of five, for every run ends here and the windows are hot. They are locked last and in one
# order; their sums are changed as they are once the lock is ours, whatever this statement saw when it began.
_CLOSE = """
WITH closed AS (
    UPDATE playground_reservation SET closed_at = statement_timestamp(), {step} AND run_id = %(run_id)s
    RETURNING *
), entered AS (
    INSERT INTO playground_ledgerentry
        (reservation_id, kind, amount, user_id, department_id, source, model, tool_version, api_key_id,
         provider, price, usage, confidence, reason)
    SELECT run_id, line.kind, line.amount, user_id, department_id, source, model, tool_version, api_key_id,
           %(provider)s, %(price)s, %(usage)s, %(confidence)s, ''
    FROM closed CROSS JOIN LATERAL (VALUES
        ('settle', least(settled, closed.amount), state = 'settled'),
        ('overrun', settled - closed.amount, false),
        ('release', closed.amount - settled, state <> 'settled')
    ) AS line (kind, amount, is_always_there)
    WHERE line.amount > 0 OR line.is_always_there
), locked AS MATERIALIZED (
    SELECT id FROM playground_quotawindow
    WHERE id = ANY(ARRAY(SELECT unnest(window_ids) FROM closed WHERE amount > 0 OR settled > 0))
    ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE playground_quotawindow AS w
    SET reserved = w.reserved - closed.amount, settled = w.settled + closed.settled
    FROM locked, closed WHERE w.id = locked.id
    RETURNING w.id
)
SELECT amount, settled, (amount = 0 AND settled = 0) OR cardinality(window_ids) = (SELECT count(*) FROM moved)
FROM closed
"""
TO = _CLOSE.format(step="state = %(state)s, settled = %(cost)s WHERE state = 'held'")
# Unknown is not free: what had left for the provider is settled by the whole reservation.
OVERDUE = _CLOSE.format(
    step="""
state = CASE WHEN provider_started_at IS NULL THEN 'expired' ELSE 'settled' END,
settled = CASE WHEN provider_started_at IS NULL THEN 0 ELSE amount END
WHERE state = 'held' AND expires_at < coalesce(%(at)s, statement_timestamp())
"""
)


def close(
    run_id: UUID,
    statement: str,
    values: dict[str, Any],
    *,
    provider: str = "",
    price: dict[str, int] | None = None,
    usage: dict[str, int] | None = None,
    confidence: str = Confidence.EXACT,
) -> bool:
    """Of all who try, one is told True. Joins the caller's transaction.

    `statement` is TO or OVERDUE, and `values` are those that it names.
    """
    snapshot = {
        "provider": provider,
        "confidence": confidence,
        "price": Jsonb(price or {}),
        "usage": Jsonb(usage or {}),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, {"run_id": run_id} | values | snapshot)
        row = cursor.fetchone()
    if row is None:
        return False
    held, cost, is_whole = row
    if not is_whole:
        raise RuntimeError(f"A window of run {run_id} is missing.")
    if cost > held:
        logger.error("Run %s cost %s more than the %s reserved for it: an overrun.", run_id, cost - held, held)
    return True
