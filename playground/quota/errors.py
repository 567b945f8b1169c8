"""The quota room's refusals, and its one error.

Refusal
└── QuotaExceeded      a limit is used up; it knows which, what is left and when it resets
Exception
└── ReservationClosed  the money that this run set aside is no longer held: nothing may be spent from it
"""

from datetime import datetime

from playground.lib.refusal import Refusal, Way


class QuotaExceeded(Refusal):
    """`scope` company | department | person | key, `period` day | month, `left` micro-units, `resets_at` an instant."""

    code = "quota_exceeded"

    def __init__(
        self,
        title: str,
        *,
        scope: str,
        name: str,
        period: str,
        left_amount: int,
        limit: int,
        resets_at: datetime,
        left: str = "",
        resets: str = "",
        ways: tuple[Way, ...] = (),
    ) -> None:
        super().__init__(title, left=left, resets=resets, ways=ways)
        self.scope = scope
        self.name = name
        self.period = period
        self.left_amount = left_amount
        self.limit = limit
        self.resets_at = resets_at


class ReservationClosed(Exception):
    """Raised where money would be spent that is not set aside; the provider call must not leave."""
