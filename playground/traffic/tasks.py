"""Celery's doors, woken by the beat."""

from celery import shared_task

from playground.traffic.folding import fold_all
from playground.traffic.trimming import trim


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def fold() -> None:
    fold_all()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def trim_tallies() -> None:
    trim()
