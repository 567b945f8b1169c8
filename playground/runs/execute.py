"""The worker half: the only caller of gateway.router."""

import asyncio
import logging
import time
from functools import partial
from uuid import UUID

from celery.signals import worker_ready, worker_shutdown
from celery.worker.consumer import Consumer
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from playground.catalog.errors import ModelUnavailable
from playground.catalog.routes import kinds_in_use, recent_route
from playground.gateway import router
from playground.gateway.errors import GatewayError
from playground.gateway.providers import load
from playground.gateway.types import Limits, Route
from playground.lib.memory import keep_what_is_loaded
from playground.lib.refusal import Refusal
from playground.quota.errors import ReservationClosed
from playground.runs import events, requests
from playground.runs.affording import afford_another
from playground.runs.answers import Answer
from playground.runs.asking import Asking
from playground.runs.claim import claim_run
from playground.runs.finish import finish_queued, finish_run
from playground.runs.loop import LOST, made_loop, stream_loop
from playground.runs.models import Run, RunState
from playground.runs.outcomes import Outcome
from playground.runs.remembered import remember
from playground.runs.routing import allowed_route, limiter, manner_of

# A database that restarts keeps nobody from settling what was spent.
SECONDS_TO_RETRY_THE_END = 300.0
# The queue of a worker that streams.
QUEUE = "interactive"

logger = logging.getLogger(__name__)


@worker_ready.connect  # type: ignore[untyped-decorator]
def warm_up(sender: Consumer, **_: object) -> None:
    """Load the SDKs of the providers in use before the first question, which would wait for them."""
    if QUEUE in sender.app.amqp.queues.consume_from:
        stream_loop()
        load_adapters()
        keep_what_is_loaded()


def load_adapters() -> None:
    """Of the kinds in use and no other: the SDKs take 30 to 60 MB each, for as long as the worker lives."""
    try:
        load(kinds_in_use())
    except (OperationalError, InterfaceError):
        logger.warning("The database is away; the providers' SDKs are loaded when they are needed")
    finally:
        connection.close()


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def hang_up(**_: object) -> None:
    """All answers have ended: no provider is to keep a connection open for a worker that has gone."""
    if loop := made_loop():
        loop.close(router.close_clients())
        logger.info("The connections to providers are closed")


def execute_run(run_id: UUID) -> None:
    """Claim the run, ask the provider, stream the answer, settle. A run that somebody else claimed is left alone."""
    try:
        run = claim_run(run_id)
    except Refusal as refusal:
        _refuse(run_id, refusal.code, refusal.title)
        return
    except ReservationClosed:
        _refuse(run_id, "not_started", _("This waited too long to be answered. Nothing was charged; please try again."))
        return
    if run is None:
        return
    answer, loop = Answer(run.pk, run.fence), stream_loop()
    try:
        route, request = _route_of(run), requests.load(run.request or {})
    except Refusal as refusal:
        outcome = _not_asked(refusal.code, refusal.title)
    else:
        connection.close()
        outcome = loop.run(answer, _ask(answer, route, request, run=run))
    is_ours = False
    try:
        is_ours = answer.stopped != LOST and _finish(run, outcome)
    finally:
        if not is_ours:
            # Also when it cannot be saved: its lease is not renewed any more, and the sweep ends it.
            loop.forget(answer)
    if is_ours:
        if run.cache_key:
            remember(run)
        loop.end(answer, outcome.state)


def _route_of(run: Run) -> Route:
    if run.model_id is None:
        raise ModelUnavailable(_("%(model)s is no longer offered.") % {"model": run.model_name})
    route = allowed_route(run, recent_route(run.model_id))
    if not route.targets:
        raise ModelUnavailable(_("%(model)s is not served right now.") % {"model": run.model_name})
    # A kind that is new since the start: here it holds up this run, in the loop it would hold up all of them.
    load(target.kind for targets in (route.targets, *route.fallbacks.values()) for target in targets)
    return route


def _refuse(run_id: UUID, code: str, message: str) -> None:
    run = Run.objects.get(pk=run_id)
    if finish_queued(run, state=RunState.FAILED, error_code=code, error_message=message):
        events.append_end(run_id, at=events.Position(), state=RunState.FAILED)


def _not_asked(code: str, message: str) -> Outcome:
    return Outcome(state=RunState.FAILED, error_code=code, error_message=message, is_billed=False)


def _finish(run: Run, outcome: Outcome) -> bool:
    deadline, pause = time.monotonic() + SECONDS_TO_RETRY_THE_END, 0.5
    while True:
        try:
            return finish_run(run, outcome)
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            logger.warning("The database is away; run %s will be settled when it is back", run.pk)
            time.sleep(pause)
            pause = min(pause * 2, 10.0)


async def _ask(answer: Answer, route: Route, request: requests.Request, *, run: Run) -> Outcome:
    """Consume the provider's stream into `answer`; however that ends, say how."""
    asking = Asking(answer, model=run.model_name)
    manner = manner_of(run, answer, can_afford=partial(afford_another, run, asking.outcome))
    limits = Limits(settings.RUN_FIRST_BYTE_SECONDS, settings.RUN_IDLE_SECONDS, settings.RUN_TOTAL_SECONDS)
    try:
        async for event in router.stream(route, request, limits=limits, manner=manner, limiter=limiter()):
            asking.take(event)
        return asking.complete()
    except asyncio.CancelledError:
        return asking.stop()
    except GatewayError as error:
        return asking.fail(error)
    except Exception:
        logger.exception("Run %s failed", answer.run_id)
        return asking.fail(GatewayError())
