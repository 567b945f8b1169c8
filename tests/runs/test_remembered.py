"""Whose answer is given again, and which answers are kept at all."""

import pytest
from django.utils import timezone

from accounts.models import Department
from playground.catalog.models import Model
from playground.runs.events import redis_for_commands
from playground.runs.handling import Handling
from playground.runs.models import Run, RunState
from playground.runs.remembered import key_for, name_of, remember
from tests.runs.asking import Start

WHOLE = {"state": RunState.DONE, "finish_reason": "stop", "output": "Hi", "output_html": "<p>Hi</p>"}


def key(*, scope: str = "tool 1", department: int = 1, model: int = 1, seconds: int = 60, asked: str = "Hello") -> str:
    handling = Handling(cache_seconds=seconds, cache_scope=scope)
    return key_for(handling, department=Department(pk=department), model=Model(pk=model), request={"turns": [asked]})


@pytest.mark.parametrize("other", [{"scope": "tool 2"}, {"department": 2}, {"model": 2}, {"asked": "Bye"}], ids=str)
def test_whatever_differs_is_another_answer(other: dict[str, object]) -> None:
    assert key(**other) != key()  # type: ignore[arg-type]


def test_nothing_is_kept_where_nobody_wants_it() -> None:
    assert key(seconds=0) == ""
    assert key(seconds=1) == key(seconds=60)


def kept_for(run: Run, **ended: object) -> int:
    """Seconds, -2 where it is not kept."""
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now(), **(WHOLE | ended))
    run.cache_key, run.cache_seconds = key(asked=str(run.pk)), 60
    remember(run)
    return int(redis_for_commands().ttl(name_of(run.cache_key)))


def test_a_whole_answer_is_kept_for_so_long(start: Start) -> None:
    assert 0 < kept_for(start()) <= 60


@pytest.mark.parametrize(
    "ended",
    [
        {"state": RunState.FAILED},
        {"state": RunState.CANCELLED},
        {"finish_reason": "length"},
        {"fell_back": True},
        {"output_html": "x" * 1_000_001},
    ],
    ids=lambda ended: str(ended)[:30],
)
def test_half_an_answer_and_anothers_are_not_kept(start: Start, ended: dict[str, object]) -> None:
    assert kept_for(start(), **ended) == -2
