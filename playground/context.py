"""What every page shows. Each part is asked for when a template first needs it, so a page that shows none asks none."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from accounts.http import Request
from accounts.models import Role, User

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as the account menu shows her."""

    initials: str
    department: str
    is_admin: bool
    manages: bool


def person(user: User) -> Person:
    memberships = list(user.memberships.select_related("department"))
    words = str(user).split()
    is_admin = user.role == Role.ADMIN
    return Person(
        initials="".join(word[0] for word in (words[:1] + words[1:][-1:])),
        department=next((row.department.name for row in memberships if row.is_primary), ""),
        is_admin=is_admin,
        manages=is_admin or any(row.is_owner for row in memberships),
    )


def page(request: Request) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "")
    return {
        "company_name": settings.COMPANY_NAME,
        "theme": theme if theme in THEMES else "",
        "sidebar_closed": request.COOKIES.get("sidebar") == "closed",
        "person": SimpleLazyObject(lambda: person(request.user)),
    }
