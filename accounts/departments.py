"""The units of the company that pay, and which of them pays for whom."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.text import slugify

from accounts.models import Department, Membership, User
from playground.database.compiled import Compiled

# Departments are made one at a time, so that two new ones never meet on a name or a slug.
NEW_DEPARTMENT_LOCK = 7_310_001


# Asked for every run.
_primary = Compiled(
    lambda user: Department.objects.filter(memberships__user=user, memberships__is_primary=True, archived_at=None)
)


def primary_department(user: User) -> Department | None:
    """Who pays for what she asks; None when nobody does yet."""
    return next(iter(_primary(user.pk)), None)


@transaction.atomic
def find_or_create_department(name: str) -> Department:
    """The department of that name, whatever its capitals."""
    if found := Department.objects.filter(name__iexact=name).first():
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NEW_DEPARTMENT_LOCK])
    found = Department.objects.filter(name__iexact=name).first()
    return found or Department.objects.create(name=name, slug=_free_slug(name))


def _free_slug(name: str) -> str:
    stem = slugify(name)[:100] or "department"
    taken = set(Department.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def keep_one_primary(user: User, prefer: Iterable[int] = ()) -> None:
    """See to it that exactly one of her departments pays, if she has any that may.

    The one that pays now goes on; else the first of `prefer` (ids), else the one she has been in for longest.
    Call it inside the transaction that changed her memberships.
    """
    places = list(Membership.objects.filter(user=user, department__archived_at=None).order_by("created_at", "pk"))
    if any(place.is_primary for place in places) or not places:
        return
    rank = {department: number for number, department in enumerate(prefer)}
    chosen = min(places, key=lambda place: rank.get(place.department_id, len(rank)))
    Membership.objects.filter(user=user, is_primary=True).update(is_primary=False)
    Membership.objects.filter(pk=chosen.pk).update(is_primary=True)
