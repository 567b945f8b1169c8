"""Whose traffic somebody may see: admins the company's, owners their departments'. Foreign is missing."""

from django.db.models import QuerySet

from accounts.models import Department, User
from accounts.roles import is_admin, owned_departments
from playground.traffic.models import EndedRun


def may_see_company(user: User) -> bool:
    return is_admin(user)


def may_see_traffic(user: User) -> bool:
    return is_admin(user) or owned_departments(user).exists()


def departments_of(user: User) -> QuerySet[Department]:
    """An admin sees those that are closed, too: their past is part of the company's."""
    return Department.objects.all() if is_admin(user) else owned_departments(user)


def ended_runs_of(user: User) -> QuerySet[EndedRun]:
    if is_admin(user):
        return EndedRun.objects.all()
    # As numbers: of a subquery nobody knows how much it leaves, and everything would be read.
    return EndedRun.objects.filter(department_id__in=list(owned_departments(user).values_list("pk", flat=True)))
