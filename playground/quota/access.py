"""Whose quotas somebody may see and set: owners their departments', admins everybody's. Foreign is missing."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Department, User
from accounts.roles import is_admin, owned_departments
from playground.quota.models import Scope


def may_manage(user: User) -> bool:
    return is_admin(user) or owned_departments(user).exists()


def target_for(user: User, scope: str, pk: int | None) -> Department | User | None:
    """The department or person (None: the company) whose quota `user` may set; else 404."""
    if scope == Scope.DEPARTMENT:
        return get_object_or_404(owned_departments(user), pk=pk)
    if not is_admin(user):
        raise Http404
    return get_object_or_404(User, pk=pk) if scope == Scope.PERSON else None
