"""Follows a run in its worker: its id and its request's in every log line, and its calls to providers as spans.

The spans of the calls are made from the rows when the run has ended, so tracing costs nothing while it streams.
Names are those of OpenTelemetry's conventions for generative AI; no question and no answer is in any of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from celery import current_task

from playground.lib import telemetry
from playground.lib.trail import about
from playground.runs.models import Attempt, Run
from playground.runs.sending import REQUEST

# A run's text is never read here.
COLUMNS = ("state", "answered_by", "finish_reason", "input_tokens", "output_tokens", "cached_tokens")


@contextmanager
def following(run_id: UUID) -> Iterator[None]:
    carried = (current_task.request.headers or {}) if current_task else {}
    request_id = str(carried.get(REQUEST, ""))
    with about(run=str(run_id), **({"request": request_id} if request_id else {})):
        if not telemetry.is_on():
            yield
            return
        parent = str(carried.get(telemetry.PARENT, ""))
        attributes = {"messaging.system": "celery", "messaging.destination.name": "interactive"}
        if request_id:
            attributes[telemetry.REQUEST] = request_id
        with telemetry.span("process run", kind="consumer", attributes=attributes, parent=parent) as span:
            yield
            run = Run.objects.filter(pk=run_id, finished_at__isnull=False).only(*COLUMNS).first()
            if span is not None and run is not None:
                span.set_attributes({"playground.run.id": str(run_id), "playground.run.state": run.state})
                for attempt in Attempt.objects.filter(run=run, finished_at__isnull=False):
                    record_call(run, attempt)


def record_call(run: Run, attempt: Attempt) -> None:
    deployment, _, provider = attempt.deployment.partition(" at ")
    attributes: dict[str, str | int | float | list[str]] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": deployment,
        "playground.attempt": attempt.number,
    }
    if attempt.first_token_at:
        waited = (attempt.first_token_at - attempt.started_at).total_seconds()
        attributes["gen_ai.response.time_to_first_chunk"] = waited
    if run.answered_by == attempt.deployment:
        attributes["gen_ai.usage.input_tokens"] = run.input_tokens
        attributes["gen_ai.usage.output_tokens"] = run.output_tokens
        attributes["gen_ai.usage.cache_read.input_tokens"] = run.cached_tokens
    if attempt.error_code:
        attributes["error.type"] = attempt.error_code
    elif run.finish_reason:
        attributes["gen_ai.response.finish_reasons"] = [run.finish_reason]
    telemetry.record_span(
        f"chat {deployment}",
        kind="client",
        attributes=attributes,
        begin=attempt.started_at,
        end=attempt.finished_at or attempt.started_at,
        failure=attempt.error_code,
    )
