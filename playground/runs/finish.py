"""The end of a run: its last state, its text and its money in one transaction, exactly once.

Whoever comes second (a worker that lost its lease, a Stop that raced) changes nothing and is told so.
"""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from playground.gateway.types import Usage, Vectors
from playground.lib.markdown import render
from playground.quota import ledger
from playground.runs.charges import charge_for, saved_by_cache, tokens
from playground.runs.models import Run, RunState, RunVectors
from playground.runs.outcomes import AttemptRecord, Charge, Outcome

BYTES_A_NUMBER = 4

# By hand, because every run ends here: the ORM takes 0.3 ms to write each of these statements.
_SPENT = [
    *("cost", "cost_is_estimated"),
    *("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens"),
]
_ENDED = [
    *("state", "output", "output_html", "reasoning", "calls", "finish_reason", "error_code", "error_message"),
    *("answered_by", "fell_back", "fallback_reason", "discarded", "seconds_in_line", "first_token_at", "saved"),
    *_SPENT,
]
_TRIED = [
    *("run_id", "number", "deployment", "target", "provider", "error_code"),
    *("started_at", "first_token_at", "finished_at"),
    *_SPENT,
]
_END = f"""
UPDATE playground_run
SET finished_at = statement_timestamp(), request = NULL, {", ".join(f"{name} = %({name})s" for name in _ENDED)}
WHERE id = %(run)s AND fence = %(fence)s AND state = 'running'
"""  # noqa: S608 - names of columns
_ATTEMPT = f"""
INSERT INTO playground_attempt ({", ".join(_TRIED)}) VALUES ({", ".join(f"%({name})s" for name in _TRIED)})
"""  # noqa: S608 - names of columns
Columns = dict[str, Any]
NOTHING = Charge(Usage(), {}, 0, is_estimated=False)


def finish_run(run: Run, outcome: Outcome) -> bool:
    """End a running run as its worker, or in its worker's place, with the fence that `run` was read with."""
    charge = charge_for(run, outcome) if outcome.is_billed else None
    columns = {
        "state": outcome.state,
        "output": outcome.text,
        "output_html": render(outcome.text),
        "reasoning": outcome.reasoning,
        "calls": json.dumps([asdict(call) for call in outcome.calls]),
        "finish_reason": outcome.finish_reason,
        "error_code": outcome.error_code,
        "error_message": outcome.error_message,
        "answered_by": outcome.target.label if outcome.target else "",
        "fell_back": bool(outcome.fallback_reason),
        "fallback_reason": outcome.fallback_reason,
        "discarded": outcome.discarded,
        "seconds_in_line": outcome.seconds_in_line,
        "first_token_at": _moment(run, outcome.first_token),
        **_columns(charge),
    }
    with transaction.atomic():
        if not _end(run, columns):
            return False
        if outcome.vectors is not None:
            _save_vectors(run, outcome.vectors)
        _write_attempts([_row(run, attempt) for attempt in outcome.attempts])
        if charge is None:
            ledger.release(run.pk)
        elif not ledger.settle(
            run.pk,
            cost=charge.cost,
            estimated=charge.is_estimated,
            provider=outcome.target.provider if outcome.target else "",
            price=charge.price,
            usage=tokens(charge.usage),
        ):
            _cost_what_was_booked(run)
    return True


def _cost_what_was_booked(run: Run) -> None:
    """The last net had closed the reservation before: lines of the book stay, so the row follows them."""
    Run.objects.filter(pk=run.pk).update(cost=ledger.booked(run.pk), cost_is_estimated=True)


def _end(run: Run, columns: Columns) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_END, {"run": run.pk, "fence": run.fence, **columns})
        return bool(cursor.rowcount)


def _write_attempts(rows: list[Columns]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_ATTEMPT, rows)


@transaction.atomic
def finish_queued(run: Run, *, state: str, error_code: str = "", error_message: str = "") -> bool:
    """End a run that no worker has claimed: all that was set aside for it is given back."""
    ended = Run.objects.filter(pk=run.pk, state=RunState.QUEUED).update(
        state=state, error_code=error_code, error_message=error_message, finished_at=Now(), request=None
    )
    if ended:
        ledger.release(run.pk)
    return bool(ended)


def _save_vectors(run: Run, given: Vectors) -> None:
    dimensions = len(given.vectors[0]) // BYTES_A_NUMBER
    RunVectors.objects.create(run=run, dimensions=dimensions, data=b"".join(given.vectors))


def _columns(charge: Charge | None) -> Columns:
    return {**_spent(charge or NOTHING), "saved": saved_by_cache(charge) if charge else 0}


def _spent(charge: Charge) -> Columns:
    return {"cost": charge.cost, "cost_is_estimated": charge.is_estimated, **tokens(charge.usage)}


def _moment(run: Run, seconds: float | None) -> datetime | None:
    """`seconds` after the run began, by the database's clock."""
    if run.started_at is None or seconds is None:
        return None
    return run.started_at + timedelta(seconds=seconds)


def _row(run: Run, attempt: AttemptRecord) -> Columns:
    return {
        "run_id": run.pk,
        "number": attempt.number,
        "deployment": attempt.target.label,
        "target": attempt.target.key,
        "provider": attempt.target.provider,
        "error_code": attempt.error_code,
        "started_at": _moment(run, attempt.started) or run.created_at,
        "first_token_at": _moment(run, attempt.first_token),
        "finished_at": _moment(run, attempt.finished),
        **_spent(attempt.charge or NOTHING),
    }
