"""Runs that have ended in many ways, and what is told of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Department, User
from playground.runs.models import Attempt, Run, RunState

EndRun = Callable[..., Run]
FAST = "gpt-4o-mini at OpenAI"
SLOW = "claude-haiku at Anthropic"


@pytest.fixture
def end_run(alice: User) -> EndRun:
    """A run that ended so; `calls` are (deployment, error code) in order, each of a second."""

    def end(
        *,
        user: User = alice,
        model: str = "Quick",
        source: str = "chat",
        tool_version: str = "",
        state: str = RunState.DONE,
        error_code: str = "",
        cost: int = 1000,
        tokens: int = 100,
        first_token: float | None = 0.5,
        took: float = 2.0,
        calls: tuple[tuple[str, str], ...] = ((FAST, ""),),
        at: datetime | None = None,
    ) -> Run:
        ended = at or timezone.now()
        begun = ended - timedelta(seconds=took)
        run = Run.objects.create(
            user=user,
            department=Department.objects.get(memberships__user=user),
            source=source,
            tool_version=tool_version,
            model_name=model,
            state=RunState.RUNNING,
            max_output_tokens=500,
            input_token_bound=500,
            started_at=begun,
        )
        Run.objects.filter(pk=run.pk).update(
            created_at=begun,
            state=state,
            error_code=error_code,
            answered_by=calls[-1][0] if calls else "",
            fell_back=len({name for name, _ in calls}) > 1,
            first_token_at=first_token and begun + timedelta(seconds=first_token),
            finished_at=ended,
            cost=cost,
            input_tokens=tokens,
            output_tokens=tokens,
            cached_tokens=tokens // 10,
        )
        Attempt.objects.bulk_create(
            Attempt(
                run=run,
                number=number,
                deployment=name,
                error_code=code,
                started_at=begun + timedelta(seconds=number - 1),
                first_token_at=None if code else begun + timedelta(seconds=number - 0.75),
                finished_at=begun + timedelta(seconds=number),
            )
            for number, (name, code) in enumerate(calls, start=1)
        )
        run.refresh_from_db()
        return run

    return end
