"""A refusal in words: whose limit, what is left, when it changes for this person, and what she can do now."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Department, Membership, Role, User
from playground.lib.money import format_money
from playground.lib.refusal import Way
from playground.quota.clock import moment
from playground.quota.errors import QuotaExceeded
from playground.quota.models import Period, QuotaWindow, Scope


def owners_of(department: Department | None) -> list[User]:
    """Whom to ask: a department's owners; for the company, and where nobody owns the department, the admins."""
    active = User.objects.filter(is_active=True).order_by("first_name", "pk")
    owning = Membership.objects.filter(department=department, is_owner=True)
    owners = active.filter(memberships__in=owning) if department else active.none()
    return list(owners[:2]) or list(active.filter(role=Role.ADMIN)[:2])


def quota_exceeded(window: QuotaWindow, *, user: User, department: Department, amount: int) -> QuotaExceeded:
    """Why `amount` is not admitted: `window` has no room for it. `window.quota` and its target are loaded."""
    left = max(window.left or 0, 0)
    return QuotaExceeded(
        _title(window, left, amount),
        scope=window.quota.scope,
        name=name_of(window),
        period=window.quota.period,
        left_amount=left,
        limit=window.limit or 0,
        resets_at=window.ends,
        left=format_money(left),
        resets=moment(window.ends),
        ways=_ways(window, left, user, department),
    )


def name_of(window: QuotaWindow) -> str:
    quota = window.quota
    if quota.api_key:
        return _("The key “%(name)s”") % {"name": quota.api_key}
    return str(quota.department or quota.user or _("The company"))


def _title(window: QuotaWindow, left: int, amount: int) -> str:
    is_person = window.quota.scope == Scope.PERSON
    words = {
        "name": name_of(window),
        "period": _period_words(window),
        "left": format_money(left),
        "limit": format_money(window.limit or 0),
        "amount": format_money(amount),
    }
    if left == 0 and is_person:
        return _("You have used up your quota of %(limit)s %(period)s.") % words
    if left == 0:
        return _("%(name)s has used up its quota of %(limit)s %(period)s.") % words
    if is_person:
        return _("This could cost up to %(amount)s, and you have %(left)s of %(limit)s left %(period)s.") % words
    return _("This could cost up to %(amount)s, and %(name)s has %(left)s of %(limit)s left %(period)s.") % words


def _period_words(window: QuotaWindow) -> str:
    if window.quota.period == Period.DAY:
        return _("for today")
    company_zone = timezone.get_default_timezone()
    return _("for %(month)s") % {"month": date_format(window.starts.astimezone(company_zone), "F")}


def _ways(window: QuotaWindow, left: int, user: User, department: Department) -> tuple[Way, ...]:
    if window.quota.scope == Scope.KEY:
        return (Way(_("Give the key a higher limit"), "keys"),)
    asked = owners_of(None if window.quota.scope == Scope.COMPANY else department)
    names = [_("yourself, on the page of quotas") if person == user else str(person) for person in asked]
    return (
        *((Way(_("Pick a cheaper model")), Way(_("Ask for a shorter answer"))) if left else ()),
        *((Way(_("Ask %(names)s for more") % {"names": _(" or ").join(names)}),) if names else ()),
        Way(_("See what you may spend"), "quota:mine"),
    )
