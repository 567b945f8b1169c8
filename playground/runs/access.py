"""Whose runs are whose. Foreign is the same as missing."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from playground.runs.models import Run


def run_for(user: User, pk: UUID) -> Run:
    """The run, if it is `user`'s own; else 404."""
    return get_object_or_404(Run, pk=pk, user=user)
