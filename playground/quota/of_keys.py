"""What keys have spent this month and what they may spend, which their owner sets."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.models import ApiKey, User
from playground.quota.limits import Remaining, set_quota
from playground.quota.models import Period, Quota, QuotaWindow, Scope
from playground.quota.windows import database_now, period_around


def month_of_keys(keys: Sequence[ApiKey]) -> dict[int, Remaining]:
    """By key, in a constant number of queries; a key that nobody has used or limited is there too."""
    now = database_now()
    quotas = {
        quota.api_key_id: quota
        for quota in Quota.objects.filter(scope=Scope.KEY, period=Period.MONTH, api_key__in=keys)
    }
    opened = QuotaWindow.objects.filter(quota__in=quotas.values(), starts__lte=now, ends__gt=now)
    windows = {window.quota_id: window for window in opened}
    found = {}
    for key in keys:
        quota = quotas.get(key.pk)
        window = windows.get(quota.pk) if quota else None
        limit = quota.limit if quota else None
        settled, reserved = (window.settled, window.reserved) if window else (0, 0)
        found[key.pk] = Remaining(
            scope=Scope.KEY,
            name=_("This key"),
            period=Period.MONTH,
            limit=limit,
            settled=settled,
            reserved=reserved,
            left=None if limit is None else max(limit - settled - reserved, 0),
            resets_at=window.ends if window else period_around(Period.MONTH, now)[1],
        )
    return found


def limit_key(key: ApiKey, *, amount: int | None, actor: User) -> None:
    """What may be spent through the key in a month, beside all other limits; it holds at once."""
    set_quota(scope=Scope.KEY, target=key, period=Period.MONTH, limit=amount, actor=actor, reason=_("set by its owner"))
