"""What every page shows. Each part is asked for when a template first needs it, so a page that shows none asks none."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.models import Department, Role, User
from playground.quota.limits import tightest

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as the account menu shows her."""

    initials: str
    department: Department | None
    is_admin: bool
    manages: bool


@dataclass(frozen=True, slots=True)
class Left:
    """What the limit that stops her first still leaves; amounts in micro-units."""

    label: str
    amount: int
    used: int
    limit: int


def person(user: User) -> Person:
    memberships = list(user.memberships.select_related("department"))
    words = str(user).split()
    is_admin = user.role == Role.ADMIN
    return Person(
        initials="".join(word[0] for word in words[:1] + words[1:][-1:]),
        department=next((row.department for row in memberships if row.is_primary), None),
        is_admin=is_admin,
        manages=is_admin or any(row.is_owner for row in memberships),
    )


def left(user: User, department: Department | None) -> Left | None:
    found = tightest(user, department)
    if found is None or found.limit is None or found.left is None:
        return None
    label = _("%(name)s, %(period)s") % {"name": found.name, "period": found.period_name}
    return Left(label=label, amount=found.left, used=found.settled + found.reserved, limit=found.limit)


def page(request: Request) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "")
    who = SimpleLazyObject(lambda: person(request.user))
    return {
        "company_name": settings.COMPANY_NAME,
        "theme": theme if theme in THEMES else "",
        "sidebar_closed": request.COOKIES.get("sidebar") == "closed",
        "person": who,
        "left": SimpleLazyObject(lambda: left(request.user, who.department)),
    }
