"""Wakes a worker. The queued row is the outbox: a message that is lost is sent again by the sweep."""

import logging
from uuid import UUID

from celery import current_app
from kombu.exceptions import OperationalError

from playground.lib import telemetry
from playground.lib.trail import now_about

# By name, so that the web process loads nothing of the worker half.
EXECUTE_RUN = "playground.runs.tasks.execute_run"
# In the message's headers: the request that asked, so that the worker's lines say it, too.
REQUEST = "request_id"

logger = logging.getLogger(__name__)


def send(run_id: UUID) -> None:
    try:
        with telemetry.span("send run", kind="producer"):
            headers = telemetry.carried() | {REQUEST: now_about().get("request", "")}
            current_app.send_task(EXECUTE_RUN, [str(run_id)], retry=False, ignore_result=True, headers=headers)
    except OperationalError as error:
        logger.warning("Run %s waits for the sweep, the broker is away: %s", run_id, error)
