"""Celery's doors: a message only wakes, the row says what is to do. Never late: a paid call is not repeated."""

from uuid import UUID

from celery import shared_task

from playground.runs.execute import execute_run as execute
from playground.runs.learning import learn_from_runs
from playground.runs.sweep import sweep_runs
from playground.runs.tracing import following


@shared_task(acks_late=False, ignore_result=True)  # type: ignore[untyped-decorator]
def execute_run(run_id: str) -> None:
    with following(UUID(run_id)):
        execute(UUID(run_id))


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def sweep() -> None:
    sweep_runs()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def learn() -> None:
    learn_from_runs()
