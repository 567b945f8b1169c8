"""Every run ends: what was lost on the way is sent again, and what died with its worker is saved and settled.

Each step is one conditional update, so two sweeps at once do each thing once.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.translation import gettext as _

from playground.quota import ledger
from playground.runs import events
from playground.runs.calls import size_of
from playground.runs.finish import finish_queued, finish_run
from playground.runs.models import IS_LIVE, Run, RunState, RunVectors
from playground.runs.outcomes import Outcome
from playground.runs.sending import send

# A worker that comes back from a pause, or a database from a restart, may still renew its lease.
GRACE = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)
VECTORS_KEPT = timedelta(hours=1)

logger = logging.getLogger(__name__)


def sweep_runs() -> None:
    fail_forgotten()
    send_again()
    interrupt_lost()
    remove_vectors()
    ledger.expire_overdue()


def remove_vectors() -> None:
    """Those that a program has had an hour to fetch."""
    RunVectors.objects.filter(run__finished_at__lt=Now() - VECTORS_KEPT).delete()


def send_again() -> None:
    """Wake a worker again for what waits in the queue, each time after twice as long: the message may be lost."""
    due = Run.objects.alias(
        last=Coalesce("sent_at", "created_at"), waited=Now() - F("created_at"), quiet=Now() - F("last")
    ).filter(
        IS_LIVE,
        state=RunState.QUEUED,
        quiet__gte=Greatest(F("waited") / 2, timedelta(seconds=settings.RUN_REQUEUE_SECONDS)),
    )
    for run_id in due.values_list("pk", flat=True):
        if due.filter(pk=run_id).update(sent_at=Now()):
            send(run_id)


def fail_forgotten() -> None:
    """Give up on what no worker took for ten minutes."""
    for run in Run.objects.filter(IS_LIVE, state=RunState.QUEUED, created_at__lt=Now() - LONGEST_WAIT):
        message = _("Nobody could answer for ten minutes. Nothing was charged; please try again.")
        if finish_queued(run, state=RunState.FAILED, error_code="not_started", error_message=message):
            events.append_end(run.pk, at=events.Position(), state=RunState.FAILED)


def interrupt_lost() -> None:
    """End the runs whose worker is gone, with the text that reached the event stream or the last checkpoint."""
    for run in Run.objects.filter(IS_LIVE, state=RunState.RUNNING, lease_until__lt=Now() - GRACE):
        seen = events.read(run.pk)
        said = max(seen.text, run.discarded + run.output, key=len)
        restart_at = max(seen.restart_at, len(run.discarded))
        outcome = Outcome(
            state=RunState.CANCELLED if run.cancel_requested_at else RunState.INTERRUPTED,
            text=said[restart_at:],
            discarded=said[:restart_at],
            reasoning=max(seen.reasoning, run.reasoning, key=len),
            unseen=size_of(seen.calls),
            error_code="worker_lost",
            error_message=_("The server that was writing this stopped. What was written so far is kept."),
        )
        if finish_run(run, outcome):
            logger.warning("Run %s lost its worker and was ended", run.pk)
            at = events.Position(len(outcome.reasoning), len(said), len(seen.calls))
            events.append_end(run.pk, at=at, state=outcome.state)
