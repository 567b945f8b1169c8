"""What may be spent: setting a limit, and reading what is left of all that bind.

All limits bind; the smallest remainder wins.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import ApiKey, Department, User
from playground.quota.clock import moment
from playground.quota.models import Period, Quota, Scope
from playground.quota.windows import database_now, make_quotas, make_windows, open_windows

# From here on a meter asks for attention.
NEAR = 0.8


@dataclass(frozen=True, slots=True)
class Remaining:
    """What one limit leaves. `limit` and `left` are None where spending is only counted; `left` is never negative."""

    scope: str
    name: str
    period: str
    limit: int | None
    settled: int
    reserved: int
    left: int | None
    resets_at: datetime

    @property
    def used(self) -> int:
        """Spent, or held for answers that are being written."""
        return self.settled + self.reserved

    @property
    def is_near(self) -> bool:
        return self.limit is not None and self.used >= self.limit * NEAR

    @property
    def period_name(self) -> str:
        return _("today") if self.period == Period.DAY else _("this month")

    @property
    def label(self) -> str:
        return f"{self.name}, {self.period_name}"

    @property
    def resets(self) -> str:
        """In the person's zone: "Tue 1 Dec 00:00 (São Paulo)"."""
        return moment(self.resets_at)


def remaining(
    user: User, department: Department | None, *, api_key_id: int | None = None, at: datetime | None = None
) -> list[Remaining]:
    """Every limit that binds `user` (through that key) when `department` pays, company first. Reads only."""
    names = {
        Scope.COMPANY: _("The company"),
        Scope.DEPARTMENT: str(department),
        Scope.PERSON: _("You"),
        Scope.KEY: _("This key"),
    }
    return [
        Remaining(
            scope=window.scope,
            name=names[Scope(window.scope)],
            period=window.period,
            limit=window.limit,
            settled=window.settled,
            reserved=window.reserved,
            left=None if window.left is None else max(window.left, 0),
            resets_at=window.ends,
        )
        for window in open_windows(user, department, api_key_id=api_key_id, at=at)[1]
    ]


def tightest(user: User, department: Department | None) -> Remaining | None:
    """The limit that stops `user` first; None where nothing is limited."""
    return tightest_of(remaining(user, department))


def tightest_of(limits: list[Remaining]) -> Remaining | None:
    binding = [limit for limit in limits if limit.left is not None]
    return min(binding, key=lambda limit: limit.left or 0, default=None)


@transaction.atomic
def set_quota(
    *,
    scope: str,
    target: Department | User | ApiKey | None,
    period: str,
    limit: int | None,
    actor: User,
    reason: str,
    at: datetime | None = None,
) -> Quota:
    """Let `target` (None: the company) spend `limit` in each `period`; None takes the limit away.

    It holds at once: the open window changes in the same transaction. What is spent stays spent, so a limit below it
    admits nothing new.
    """
    department = target if isinstance(target, Department) else None
    user = target if isinstance(target, User) else None
    api_key_id = target.pk if isinstance(target, ApiKey) else None
    make_quotas(user=user, department=department, api_key_id=api_key_id)
    one = Quota.objects.filter(scope=scope, department=department, user=user, api_key=api_key_id, period=period)
    quota = one.select_for_update(no_key=True).get()
    before = quota.limit
    one.update(limit=limit)
    now = at or database_now()
    make_windows(Q(pk=quota.pk), now=now)
    over = Greatest(F("reserved") + F("settled") - limit, 0) if limit is not None else 0
    quota.windows.filter(starts__lte=now, ends__gt=now).update(limit=limit, over_when_set=over)
    if limit != before:
        changed = {"before": {"limit": before}, "after": {"limit": limit}}
        audit.record(actor=actor, action="quota.set", target=quota, reason=reason, **changed)
    quota.limit = limit
    return quota
