"""Whose runs are whose. Foreign is the same as missing."""

from uuid import UUID

from django.http import Http404

from accounts.models import User
from playground.database.compiled import Compiled
from playground.runs.models import Run

# Asked whenever somebody looks on.
_run = Compiled(lambda pk, user: Run.objects.filter(pk=pk, user=user))


def run_for(user: User, pk: UUID) -> Run:
    """The run, if it is `user`'s own; else 404."""
    for run in _run(pk, user.pk):
        return run
    raise Http404
