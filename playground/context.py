"""What every page shows. Each part is asked for when a template first needs it, so a page that shows none asks none."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from accounts.http import Request
from accounts.models import Department, User
from accounts.roles import is_admin
from playground.quota.limits import tightest

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as the account menu shows her."""

    initials: str
    department: Department | None
    is_admin: bool
    manages: bool


def person(user: User) -> Person:
    memberships = list(user.memberships.select_related("department"))
    words = str(user).split()
    admin = is_admin(user)
    return Person(
        initials="".join(word[0] for word in words[:1] + words[1:][-1:]),
        department=next((row.department for row in memberships if row.is_primary), None),
        is_admin=admin,
        manages=admin or any(row.is_owner for row in memberships),
    )


def page(request: Request) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "")
    who = SimpleLazyObject(lambda: person(request.user))
    return {
        "company_name": settings.COMPANY_NAME,
        "version": settings.VERSION,
        "theme": theme if theme in THEMES else "",
        "sidebar_closed": request.COOKIES.get("sidebar") == "closed",
        "person": who,
        # The limit that stops her first, a quota.limits.Remaining; None where nothing is limited.
        "left": SimpleLazyObject(lambda: tightest(request.user, who.department)),
    }
