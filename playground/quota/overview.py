"""The quotas of many at once, as the table of those who set them shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Department, User
from playground.lib.money import format_money
from playground.quota.limits import Remaining
from playground.quota.models import Period, Quota, QuotaWindow, Scope
from playground.quota.windows import database_now, period_around

Target = Department | User | None


@dataclass(frozen=True, slots=True)
class Row:
    """One quota of one target (None: the company), as it stands now."""

    target: Target
    now: Remaining

    @property
    def url(self) -> str:
        kwargs: dict[str, str | int] = {"period": self.now.period}
        if self.target:
            kwargs["pk"] = self.target.pk
        return reverse(f"quota:edit_{self.now.scope}", kwargs=kwargs)

    def effect_of(self, limit: int | None) -> str:
        """What setting `limit` will do, before it is done."""
        if limit is None:
            return _("No limit: spending is only counted.")
        words = {"used": format_money(self.now.used), "until": self.now.resets}
        if limit > self.now.used:
            words["left"] = format_money(limit - self.now.used)
            return _("%(left)s can still be spent until %(until)s; %(used)s is spent or held already.") % words
        return _("%(used)s is spent or held already: nothing new will be admitted until %(until)s.") % words


def rows_for(targets: Sequence[Target]) -> list[Row]:
    """The day's and the month's quota of each, in a constant number of queries."""
    now = database_now()
    departments = [target for target in targets if isinstance(target, Department)]
    people = [target for target in targets if isinstance(target, User)]
    company = Q(scope=Scope.COMPANY) if None in targets else Q(pk=None)
    quotas = Quota.objects.filter(company | Q(department__in=departments) | Q(user__in=people))
    opened = QuotaWindow.objects.filter(quota__in=quotas, starts__lte=now, ends__gt=now)
    windows = {window.quota_id: window for window in opened}
    found = {(quota.scope, quota.department_id or quota.user_id, quota.period): quota for quota in quotas}
    rows = []
    for target in targets:
        scope = scope_of(target)
        for period in Period.values:
            quota = found.get((scope, target.pk if target else None, period))
            window = windows.get(quota.pk) if quota else None
            limit = quota.limit if quota else None
            used = (window.reserved, window.settled) if window else (0, 0)
            rows.append(
                Row(
                    target=target,
                    now=Remaining(
                        scope=scope,
                        name=str(target or _("The company")),
                        period=period,
                        limit=limit,
                        reserved=used[0],
                        settled=used[1],
                        left=None if limit is None else max(limit - sum(used), 0),
                        resets_at=window.ends if window else period_around(period, now)[1],
                    ),
                )
            )
    return rows


def row_for(target: Target, period: str) -> Row:
    return next(row for row in rows_for([target]) if row.now.period == period)


def scope_of(target: Target) -> Scope:
    if isinstance(target, Department):
        return Scope.DEPARTMENT
    return Scope.PERSON if target else Scope.COMPANY
