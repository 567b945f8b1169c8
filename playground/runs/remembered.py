"""Answers that may be given again to the very same question: exact, for a while, and only within who may see them.

Kept beside the event streams: what is lost there is asked again.
"""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.utils import timezone
from redis import RedisError

from accounts.models import Department
from playground.catalog.models import Model
from playground.runs.events import redis_for_commands
from playground.runs.handling import Handling
from playground.runs.models import Run, RunState

KEPT = (
    *("output", "output_html", "reasoning", "finish_reason", "answered_by"),
    *("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens"),
)
LONGEST_KEPT = 1_000_000


def key_for(handling: Handling, *, department: Department, model: Model, request: dict[str, Any]) -> str:
    """Of everything that makes the answer, and of everybody who may see it; nothing where none is kept."""
    if not handling.cache_seconds:
        return ""
    said = [handling.cache_scope, department.pk, model.pk, request]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def recall(run: Run) -> bool:
    """Make `run` one that has its answer already, at no cost, where one is kept."""
    try:
        kept = redis_for_commands().get(name_of(run.cache_key))
    except RedisError:
        return False
    if not isinstance(kept, bytes):
        return False
    answer = json.loads(kept)
    for name in KEPT:
        setattr(run, name, answer[name])
    now = timezone.now()
    run.state, run.from_cache, run.request = RunState.DONE, True, None
    run.started_at = run.first_token_at = run.finished_at = now
    return True


def remember(run: Run) -> None:
    """Keep the answer of a run that has ended well."""
    stored = (
        Run.objects.filter(pk=run.pk, state=RunState.DONE, finish_reason="stop", fell_back=False).values(*KEPT).first()
    )
    if stored is None or len(stored["output_html"]) > LONGEST_KEPT:
        return
    try:
        redis_for_commands().set(name_of(run.cache_key), json.dumps(stored), ex=run.cache_seconds)
    except RedisError:
        return


def name_of(cache_key: str) -> str:
    return f"{settings.REDIS_KEY_PREFIX}:answer:{cache_key}"
