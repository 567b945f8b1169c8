"""The money book: reserve, extend, settle, release, adjust. The only writers of money.

Every function is one transaction or joins the caller's. All amounts are integer micro-units. Locks are taken in one
order (the reservation, then its windows by id), the windows last: they are hot, and stay locked until the caller
commits. So reserve as late as you can in a transaction, and once.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Now

from accounts.models import Department, User
from playground.quota import closing
from playground.quota.closing import close
from playground.quota.errors import ReservationClosed
from playground.quota.models import Confidence, EntryKind, LedgerEntry, QuotaWindow, Reservation, ReservationState
from playground.quota.refusing import quota_exceeded
from playground.quota.windows import windows_to_count_in

logger = logging.getLogger(__name__)

# A repeated run id makes nothing, and so reserves nothing.
MAKE_RESERVATION = """
WITH made AS (
    INSERT INTO playground_reservation
        (run_id, state, amount, settled, window_ids, user_id, department_id, source, model, tool_version, api_key_id,
         created_at, expires_at)
    VALUES (%(run_id)s, 'held', %(amount)s, 0, %(window_ids)s, %(user_id)s, %(department_id)s, %(source)s, %(model)s,
            %(tool_version)s, %(api_key_id)s, %(created_at)s, %(expires_at)s)
    ON CONFLICT (run_id) DO NOTHING
    RETURNING *
)
INSERT INTO playground_ledgerentry
    (reservation_id, kind, amount, user_id, department_id, source, model, tool_version, api_key_id,
     provider, price, usage, confidence, reason, created_at)
SELECT run_id, 'reserve', amount, user_id, department_id, source, model, tool_version, api_key_id,
       '', '{}', '{}', 'exact', '', created_at
FROM made
"""

# `locked` holds the rows as they are once the lock is ours, whatever this statement saw when it began.
MOVE = """
WITH locked AS MATERIALIZED (
    SELECT id, "limit", reserved, settled FROM playground_quotawindow
    WHERE id = ANY(%(window_ids)s) ORDER BY id FOR NO KEY UPDATE
)
UPDATE playground_quotawindow AS w
SET reserved = w.reserved + %(reserved)s, settled = w.settled + %(settled)s
FROM locked WHERE w.id = locked.id
"""
ALL_HAVE_ROOM = """
AND (SELECT bool_and("limit" IS NULL OR locked.reserved + locked.settled + %(reserved)s <= "limit") FROM locked)
"""
HOLD = MOVE + ALL_HAVE_ROOM

MARK_STARTED = """
UPDATE playground_reservation SET provider_started_at = coalesce(provider_started_at, statement_timestamp())
WHERE run_id = %(run_id)s AND state = 'held'
"""


class _NoRoomError(Exception):
    def __init__(self, window: QuotaWindow) -> None:
        super().__init__(window)
        self.window = window


def reserve(
    *,
    run_id: UUID,
    user: User,
    department: Department,
    amount: int,
    source: str,
    model: str,
    lifetime: float,
    tool_version: str = "",
    api_key_id: int | None = None,
    at: datetime | None = None,
) -> Reservation:
    """Set `amount` aside in every window that counts the key, `user`, `department` or the company, or in none.

    `lifetime` seconds after which the sweep may expire it. Raises QuotaExceeded, and then nothing was written. The same
    `run_id` again gives the same reservation. It counts `at` the database's now; another instant is for rehearsals.
    """
    try:
        with transaction.atomic():
            now, windows = windows_to_count_in(user, department, api_key_id=api_key_id, at=at)
            reservation = Reservation(
                run_id=run_id,
                amount=amount,
                window_ids=[window.window_id for window in windows],
                user=user,
                department=department,
                source=source,
                model=model,
                tool_version=tool_version,
                api_key_id=api_key_id,
                created_at=now,
                expires_at=now + timedelta(seconds=lifetime),
            )
            # Who cannot be admitted as things stand is refused without waiting for the hot rows.
            is_full = any(window.left is not None and window.left < amount for window in windows)
            if is_full and not Reservation.objects.filter(pk=run_id).exists():
                _refuse_if_full(reservation.window_ids, amount)
            if _execute(MAKE_RESERVATION, vars(reservation)) == 0:
                return Reservation.objects.get(pk=run_id)
            _hold(reservation.window_ids, amount)
    except _NoRoomError as no_room:
        raise quota_exceeded(no_room.window, user=user, department=department, amount=amount) from None
    return reservation


def extend(run_id: UUID, *, amount: int) -> None:
    """Set `amount` more aside in the same windows, before it is used.

    Raises QuotaExceeded or ReservationClosed, and then nothing was written.
    """
    try:
        with transaction.atomic():
            _change_held(run_id, amount=F("amount") + amount)
            reservation = Reservation.objects.select_related("user", "department").get(pk=run_id)
            _enter(reservation, {EntryKind.EXTEND: amount})
            _hold(reservation.window_ids, amount)
    except _NoRoomError as no_room:
        raise quota_exceeded(
            no_room.window, user=reservation.user, department=reservation.department, amount=amount
        ) from None


def mark_started(run_id: UUID) -> None:
    """Write down that a provider call is about to leave. Commit before it leaves.

    Raises ReservationClosed when nothing is held any more: then the call must not leave.
    """
    if not _execute(MARK_STARTED, {"run_id": run_id}):
        raise ReservationClosed(f"Nothing is held for run {run_id} any more.")


@transaction.atomic(savepoint=False)
def settle(
    run_id: UUID, *, cost: int, estimated: bool, provider: str, price: dict[str, int], usage: dict[str, int]
) -> bool:
    """Book what the run really cost; the rest of its reservation is released, an excess is an overrun.

    False when the reservation was already closed: somebody else was first.
    """
    confidence = Confidence.ESTIMATED if estimated else Confidence.EXACT
    settled = {"state": ReservationState.SETTLED, "cost": cost}
    return close(run_id, closing.TO, settled, provider=provider, price=price, usage=usage, confidence=confidence)


@transaction.atomic(savepoint=False)
def release(run_id: UUID) -> bool:
    """Give the whole reservation back. False when it was already closed."""
    return close(run_id, closing.TO, {"state": ReservationState.RELEASED, "cost": 0})


def booked(run_id: UUID) -> int:
    """What the run has cost, by the book, once its reservation is closed."""
    return Reservation.objects.values_list("settled", flat=True).get(pk=run_id)


def expire_overdue(*, at: datetime | None = None, most: int = 500) -> int:
    """Close the reservations that nobody closed in their lifetime, and say how many: the last net.

    A run whose provider call had left is settled by the whole reservation, as an estimate, for unknown is not free.
    Whoever knows better settles before.
    """
    now = Value(at) if at else Now()
    overdue = Reservation.objects.filter(state=ReservationState.HELD, expires_at__lt=now).order_by("expires_at")
    return sum(_expire(run_id, at) for run_id in overdue.values_list("pk", flat=True)[:most])


@transaction.atomic
def _expire(run_id: UUID, at: datetime | None) -> bool:
    closed = close(run_id, closing.OVERDUE, {"at": at}, confidence=Confidence.ESTIMATED)
    if closed:
        logger.warning("Nobody closed the reservation of run %s in its lifetime; it has expired.", run_id)
    return closed


@transaction.atomic
def adjust(entry: LedgerEntry, *, amount: int, actor: User, reason: str) -> LedgerEntry:
    """Correct `entry` by `amount`, up or down: a new line that names it, who and why. The old one stays.

    It counts in the windows of the run, also when they are past.
    """
    closed = Reservation.objects.filter(pk=entry.reservation_id, settled__gte=-amount)
    if not closed.exclude(state=ReservationState.HELD).update(settled=F("settled") + amount):
        raise ValueError("Only a closed run can be corrected, and no run costs less than nothing.")
    reservation = Reservation.objects.get(pk=entry.reservation_id)
    [correction] = _enter(
        reservation,
        {EntryKind.ADJUST: amount},
        corrects=entry,
        actor=actor,
        reason=reason,
        provider=entry.provider,
        price=entry.price,
        usage=entry.usage,
    )
    _move(reservation.window_ids, settled=amount)
    return correction


def _change_held(run_id: UUID, **changes: object) -> None:
    if not Reservation.objects.filter(pk=run_id, state=ReservationState.HELD).update(**changes):
        raise ReservationClosed(f"Nothing is held for run {run_id} any more.")


def _enter(reservation: Reservation, amounts: dict[EntryKind, int], **snapshot: object) -> list[LedgerEntry]:
    return LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                reservation=reservation,
                kind=kind,
                amount=amount,
                user_id=reservation.user_id,
                department_id=reservation.department_id,
                source=reservation.source,
                model=reservation.model,
                tool_version=reservation.tool_version,
                api_key_id=reservation.api_key_id,
                **snapshot,
            )
            for kind, amount in amounts.items()
        ]
    )


def _hold(window_ids: list[int], amount: int) -> None:
    """Reserve in all windows or raise. What is free needs no room, so it is let in beside a limit that is used up."""
    if amount and _execute(HOLD, {"window_ids": window_ids, "reserved": amount, "settled": 0}) != len(window_ids):
        _refuse_if_full(window_ids, amount)
        raise RuntimeError(f"The windows {window_ids} could not be held.")


def _refuse_if_full(window_ids: list[int], amount: int) -> None:
    windows = QuotaWindow.objects.filter(pk__in=window_ids).select_related(
        "quota__department", "quota__user", "quota__api_key"
    )
    full = [window for window in windows if not window.has_room(amount)]
    if full:
        raise _NoRoomError(min(full, key=lambda window: window.left or 0))


def _move(window_ids: list[int], *, reserved: int = 0, settled: int = 0) -> None:
    if (reserved or settled) and _execute(
        MOVE, {"window_ids": window_ids, "reserved": reserved, "settled": settled}
    ) != len(window_ids):
        raise RuntimeError(f"A window of {window_ids} is missing.")


def _execute(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
