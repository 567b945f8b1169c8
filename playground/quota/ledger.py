"""The money book: reserve, extend, settle, release, adjust. The only writers of money (PROMISES 3.1).

Every function is one transaction or joins the caller's. All amounts are integer micro-units.
"""

from uuid import UUID

from accounts.models import Department, User
from playground.quota.models import Reservation


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
) -> Reservation:
    """Set `amount` aside in every window that counts `user`, `department` or the company, or in none.

    `lifetime` seconds after which the sweep may expire it. Raises QuotaExceeded, and then nothing was written.
    """
    raise NotImplementedError


def mark_started(run_id: UUID) -> None:
    """Write down that a provider call is about to leave (L10). Commit before it leaves."""
    raise NotImplementedError


def settle(
    run_id: UUID, *, cost: int, estimated: bool, provider: str, price: dict[str, int], usage: dict[str, int]
) -> bool:
    """Book what the run really cost; the rest of its reservation is released, an excess is an overrun (L8).

    False when the reservation was already closed (L3): somebody else was first.
    """
    raise NotImplementedError


def release(run_id: UUID) -> bool:
    """Give the whole reservation back. False when it was already closed."""
    raise NotImplementedError
