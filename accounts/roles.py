"""The questions the other rooms ask about a person. `Role` itself is a table's word: `accounts.models.Role`."""

from django.db.models import QuerySet

from accounts.models import Department, Role, User


def is_admin(user: User) -> bool:
    """The company's admins, and the break-glass account of the installation."""
    return user.is_active and (user.role == Role.ADMIN or user.is_superuser)


def may_publish(user: User) -> bool:
    return user.is_active and (user.role == Role.POWER_USER or is_admin(user))


def may_manage_people(user: User) -> bool:
    return is_admin(user)


def owned_departments(user: User) -> QuerySet[Department]:
    """The departments she answers for: hers as an owner, every one as an admin."""
    if is_admin(user):
        return Department.objects.filter(archived_at=None)
    return Department.objects.filter(archived_at=None, memberships__user=user, memberships__is_owner=True)
