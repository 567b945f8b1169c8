"""Celery's doors: a message only wakes; the row says what is to do. Never acknowledged late: a paid call is not repeated."""

from uuid import UUID

from celery import shared_task

from playground.runs import execute, sweeping


@shared_task(acks_late=False, ignore_result=True)
def execute_run(run_id: str) -> None:
    execute.execute_run(UUID(run_id))


@shared_task(ignore_result=True)
def sweep() -> None:
    sweeping.sweep()
