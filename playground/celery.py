"""Celery: three queues, the beat, and where the task modules are (as strings: the roof imports no room)."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready

from playground.broker import use_this_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

use_this_transport()
app = Celery("playground")
# For every thread, not only the one that imported this: requests are served in others.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["playground.runs", "playground.chat", "playground.traffic"])

app.conf.task_routes = {
    "playground.runs.tasks.execute_run": {"queue": "interactive"},
    "playground.runs.tasks.*": {"queue": "system"},
    "playground.chat.tasks.*": {"queue": "system"},
    "playground.traffic.tasks.*": {"queue": "system"},
}
app.conf.beat_schedule = {
    "sweep-runs": {"task": "playground.runs.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "learn-tokens": {"task": "playground.runs.tasks.learn", "schedule": 60.0, "options": {"expires": 60}},
    "purge-chats": {"task": "playground.chat.tasks.purge", "schedule": 3600.0, "options": {"expires": 3600}},
    "fold-traffic": {"task": "playground.traffic.tasks.fold", "schedule": 10.0, "options": {"expires": 10}},
    "trim-traffic": {"task": "playground.traffic.tasks.trim_tallies", "schedule": 3600.0, "options": {"expires": 3600}},
}


@worker_init.connect
@beat_init.connect
def check_start(**_: object) -> None:
    from playground.startup import refuse_unsafe_start  # noqa: PLC0415 - Django is set up only now

    refuse_unsafe_start()


@worker_ready.connect
@beat_init.connect
def mark_ready(**_: object) -> None:
    """For whoever started us and waits."""
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()
