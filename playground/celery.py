"""Celery: three queues, the beat, and where the task modules are (as strings: the roof imports no room)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

app = Celery("playground")
# For every thread, not only the one that imported this: requests are served in others.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["playground.runs"])

app.conf.task_routes = {
    "playground.runs.tasks.execute_run": {"queue": "interactive"},
    "playground.runs.tasks.*": {"queue": "system"},
}
app.conf.beat_schedule = {
    "sweep-runs": {"task": "playground.runs.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
}
