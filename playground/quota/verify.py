"""Adds the whole money book up again, and says in sentences where it is not true.

Each check is one statement, so each sees one moment of the database, also while runs go on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from playground.quota.windows import database_now


@dataclass(frozen=True, slots=True)
class Check:
    """A promise, and the statement that finds what breaks it: one text per row."""

    promise: str
    breaches: str


# What the lines of the book say about each window and each reservation; a check that asks neither costs neither.
TALLIES = """
WITH posted AS (
    SELECT window_id, sum(e.amount) FILTER (WHERE e.kind IN ('settle', 'overrun', 'adjust')) AS settled,
           sum(e.amount) FILTER (WHERE e.kind = 'overrun' OR e.kind = 'adjust' AND e.amount > 0) AS excess
    FROM playground_ledgerentry e
    JOIN playground_reservation r ON r.run_id = e.reservation_id
    CROSS JOIN unnest(r.window_ids) AS window_id
    GROUP BY window_id
), lines AS (
    SELECT reservation_id,
           count(*) FILTER (WHERE kind = 'reserve') AS reserves,
           count(*) FILTER (WHERE kind = 'settle') AS settles,
           count(*) FILTER (WHERE kind = 'release') AS releases,
           coalesce(sum(amount) FILTER (WHERE kind IN ('reserve', 'extend')), 0) AS reserved,
           coalesce(sum(amount) FILTER (WHERE kind IN ('settle', 'release')), 0) AS closed,
           coalesce(sum(amount) FILTER (WHERE kind = 'settle'), 0) AS settled,
           coalesce(sum(amount) FILTER (WHERE kind = 'overrun'), 0) AS overrun,
           coalesce(sum(amount) FILTER (WHERE kind IN ('settle', 'overrun', 'adjust')), 0) AS cost
    FROM playground_ledgerentry GROUP BY reservation_id
)
"""

CHECKS = [
    Check(
        "A window holds exactly what its open reservations set aside.",
        """
        SELECT format('window %%s says %%s reserved, its held reservations say %%s',
                      w.id, w.reserved, coalesce(h.held, 0))
        FROM playground_quotawindow w
        LEFT JOIN (
            SELECT window_id, sum(amount) AS held
            FROM playground_reservation CROSS JOIN unnest(window_ids) AS window_id
            WHERE state = 'held' GROUP BY window_id
        ) h ON h.window_id = w.id
        WHERE w.reserved <> coalesce(h.held, 0)
        """,
    ),
    Check(
        "A window has settled exactly what the lines of the book say.",
        """
        SELECT format('window %%s says %%s settled, the book says %%s', w.id, w.settled, coalesce(p.settled, 0))
        FROM playground_quotawindow w LEFT JOIN posted p ON p.window_id = w.id
        WHERE w.settled <> coalesce(p.settled, 0)
        """,
    ),
    Check(
        "Nothing was admitted past a limit.",
        """
        SELECT format('window %%s holds %%s and has settled %%s, past its limit of %%s',
                      w.id, w.reserved, w.settled, w."limit")
        FROM playground_quotawindow w LEFT JOIN posted p ON p.window_id = w.id
        WHERE w.reserved + w.settled > w."limit" + w.over_when_set + coalesce(p.excess, 0)
        """,
    ),
    Check(
        "The open window has the limit of its quota.",
        """
        SELECT format('window %%s has the limit %%s, its quota %%s', w.id, w."limit", q."limit")
        FROM playground_quotawindow w JOIN playground_quota q ON q.id = w.quota_id
        WHERE w.starts <= %(now)s AND w.ends > %(now)s
          AND w."limit" IS DISTINCT FROM q."limit"
        """,
    ),
    Check(
        "A reservation is opened by one line, and closed by one when it leaves held.",
        """
        SELECT format('reservation %%s is %%s with %%s reserve, %%s settle and %%s release lines',
                      r.run_id, r.state, coalesce(l.reserves, 0), coalesce(l.settles, 0), coalesce(l.releases, 0))
        FROM playground_reservation r LEFT JOIN lines l ON l.reservation_id = r.run_id
        WHERE coalesce(l.reserves, 0) <> 1
           OR (r.state = 'held') <> (r.closed_at IS NULL)
           OR r.state = 'held' AND l.settles + l.releases > 0
           OR r.state = 'settled' AND (l.settles <> 1 OR l.releases > 1)
           OR r.state IN ('released', 'expired') AND (l.settles > 0 OR l.releases <> 1)
        """,
    ),
    Check(
        "What was reserved is settled or released, to the micro-unit; an overrun stands beside a full settlement.",
        """
        SELECT format('reservation %%s of %%s, cost %%s: its lines say %%s reserved, %%s closed, cost %%s, overrun %%s',
                      r.run_id, r.amount, r.settled, l.reserved, l.closed, l.cost, l.overrun)
        FROM playground_reservation r JOIN lines l ON l.reservation_id = r.run_id
        WHERE l.reserved <> r.amount OR l.cost <> r.settled
           OR r.state <> 'held' AND l.closed <> r.amount
           OR l.overrun > 0 AND l.settled <> r.amount
        """,
    ),
    Check(
        "A reservation counts for all that it has to, per day and month, in the windows of its instant.",
        """
        SELECT format('reservation %%s counts in %%s of its windows', r.run_id, count(q.id))
        FROM playground_reservation r
        LEFT JOIN playground_quotawindow w
            ON w.id = ANY(r.window_ids) AND w.starts <= r.created_at AND r.created_at < w.ends
        LEFT JOIN playground_quota q ON q.id = w.quota_id
            AND (q.scope = 'company' OR q.department_id = r.department_id OR q.user_id = r.user_id
                 OR q.api_key_id = r.api_key_id)
        -- Keys did not always count: a run from before any of its key did, or of the day when that began, names six.
        LEFT JOIN (
            SELECT api_key_id, min(created_at) AS since FROM playground_reservation
            WHERE cardinality(window_ids) = 8 GROUP BY api_key_id
        ) counted ON counted.api_key_id = r.api_key_id
        CROSS JOIN LATERAL (SELECT CASE
            WHEN r.api_key_id IS NULL THEN 6
            WHEN cardinality(r.window_ids) = 6 AND r.created_at < coalesce(counted.since, 'infinity') + interval '1 day'
            THEN 6 ELSE 8 END AS all) AS windows
        GROUP BY r.run_id, windows.all
        HAVING count(DISTINCT (q.scope, q.period)) FILTER (WHERE q.id IS NOT NULL) <> windows.all
            OR count(q.id) <> windows.all OR cardinality(r.window_ids) <> windows.all
        """,
    ),
    Check(
        "A line says the person, department, model and key of its reservation.",
        """
        SELECT format('line %%s does not say whose money reservation %%s was', e.id, r.run_id)
        FROM playground_ledgerentry e JOIN playground_reservation r ON r.run_id = e.reservation_id
        WHERE (e.user_id, e.department_id, e.source, e.model, e.tool_version)
              <> (r.user_id, r.department_id, r.source, r.model, r.tool_version)
           OR e.api_key_id IS DISTINCT FROM r.api_key_id
        """,
    ),
    Check(
        "Prices and usage in the book are whole numbers, and none is negative.",
        r"""
        SELECT format('line %%s has the price %%s and the usage %%s', e.id, e.price, e.usage)
        FROM playground_ledgerentry e
        WHERE EXISTS (SELECT FROM jsonb_each_text(e.price || e.usage) AS n WHERE n.value !~ '^\d+$')
        """,
    ),
    Check(
        "No reservation is held past its lifetime.",
        """
        SELECT format('reservation %%s is held since %%s, and its lifetime ended at %%s',
                      run_id, created_at, expires_at)
        FROM playground_reservation
        WHERE state = 'held' AND expires_at < %(now)s::timestamptz - make_interval(secs => %(grace)s)
        """,
    ),
]

GRACE = timedelta(minutes=5)


def verify(*, grace: timedelta = GRACE, at: datetime | None = None) -> list[str]:
    """Every breach of every promise; empty when the book is true. `grace`: how late the last net may be."""
    values: dict[str, float | datetime] = {"grace": grace.total_seconds(), "now": at or database_now()}
    with connection.cursor() as cursor:
        problems = []
        for check in CHECKS:
            cursor.execute(TALLIES + check.breaches, values)
            problems += [f"{check.promise} But {breach}." for (breach,) in cursor.fetchall()]
    return problems
