"""Where runs go when a place fails, is full or breaks off; through the real worker."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings

from accounts.models import User
from playground.catalog.models import Audience, Cause, DataUse, Deployment, Fallback, Model, Provider
from playground.gateway import health
from playground.quota.models import LedgerEntry
from playground.runs import remembered
from playground.runs.events import redis_for_commands
from playground.runs.handling import Handling
from playground.runs.models import OnBreak, Run, RunState
from playground.runs.start import cancel_run, start_run
from tests.runs.asking import Asker, ask, until_ended
from tests.sse import messages
from tests.stack import Stack, session_of, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

RESTARTS = Handling(on_break=OnBreak.RESTART)


@pytest.fixture
def place(asked: Asker, make_deployment: Callable[..., Deployment]) -> Callable[..., Deployment]:
    """Another deployment of the asked model, at the fake provider under its own name."""

    def place(name: str, *, model: Model | None = None, **limits: Any) -> Deployment:
        priority = limits.pop("priority", 2)
        base_url = f"{asked.provider.base_url}/v1"
        made = make_deployment(model or asked.model, name=name, base_url=base_url, priority=priority)
        Deployment.objects.filter(pk=made.pk).update(**limits)
        return made

    return place


@pytest.fixture
def fallback(asked: Asker, make_model: Callable[..., Model]) -> Callable[..., Model]:
    """A model that answers instead of the asked one."""

    def fallback(cause: str = Cause.OUTAGE, **changes: Any) -> Model:
        other = make_model("other", name="other", base_url=f"{asked.provider.base_url}/v1")
        Model.objects.filter(pk=other.pk).update(**changes)
        Fallback.objects.create(model=asked.model, cause=cause, to_model=other)
        return other

    return fallback


def limit(model: Model, **limits: int) -> None:
    model.deployments.update(**limits)


def calls(run: Run) -> list[tuple[str, str]]:
    return [(attempt.deployment.split(" at ")[0], attempt.error_code) for attempt in run.attempts.all()]


def in_line(model: Model) -> int:
    return int(redis_for_commands().zcard(f"{django_settings.REDIS_KEY_PREFIX}:line:model:{model.pk}"))


def put(user: User, model: Model, handling: Handling = Handling()) -> Run:  # noqa: B008 - a frozen value
    return start_run(user=user, source="chat", model=model, request=ask(), handling=handling)


# --- Fallback ---------------------------------------------------------------------------------------------------------


def test_the_answer_says_who_answered_and_why(asked: Asker, place: Callable[..., Deployment]) -> None:
    place("second")
    run = until_ended(asked(model="demo-quick", status=401))
    assert (run.state, run.answered_by, run.fell_back) == (RunState.DONE, "second at Fake", True)
    assert run.fallback_reason == "demo-quick at Fake did not accept our key."
    assert calls(run) == [("demo-quick", "credential_rejected"), ("second", "")]


def test_another_model_answers_where_that_is_allowed(asked: Asker, fallback: Callable[..., Model]) -> None:
    fallback()
    run = until_ended(asked(model="demo-quick", status=404))
    assert (run.state, run.answered_by) == (RunState.DONE, "other at Fake")


def test_a_tool_that_wants_no_other_model_gets_none(asked: Asker, fallback: Callable[..., Model]) -> None:
    fallback()
    asked.provider.script(model="demo-quick", status=404)
    run = until_ended(put(asked.user, asked.model, Handling(may_fall_back=False)))
    assert (run.state, run.error_code) == (RunState.FAILED, "model_missing")


def test_a_model_that_she_may_not_use_does_not_answer_her(asked: Asker, fallback: Callable[..., Model]) -> None:
    fallback(audience=Audience.NOBODY)
    run = until_ended(asked(model="demo-quick", status=404))
    assert (run.state, run.error_code) == (RunState.FAILED, "model_missing")


@pytest.mark.parametrize("weaker", [{"data_use": DataUse.TRAINED_ON}, {"region": "us"}])
def test_no_fallback_is_less_careful_with_data(
    asked: Asker, fallback: Callable[..., Model], weaker: dict[str, str]
) -> None:
    Provider.objects.update(data_use=DataUse.NOT_KEPT, region="eu")
    other = fallback().deployments.get()
    elsewhere = Provider.objects.create(slug="elsewhere", name="Elsewhere", kind=other.provider.kind)
    stricter = {"data_use": DataUse.NOT_KEPT, "region": "eu", "base_url": other.provider.base_url}
    Provider.objects.filter(pk=elsewhere.pk).update(**(stricter | weaker))
    Deployment.objects.filter(pk=other.pk).update(provider=elsewhere)
    run = until_ended(asked(model="demo-quick", status=404))
    assert run.state == RunState.FAILED


def test_a_fallbacks_price_is_set_aside_and_charged(asked: Asker, fallback: Callable[..., Model]) -> None:
    fallback()
    run = until_ended(asked(model="demo-quick", status=404))
    assert set(run.prices) == {str(one.pk) for one in Deployment.objects.all()}
    assert run.cost == sum(attempt.cost for attempt in run.attempts.all()) > 0


# --- In line ----------------------------------------------------------------------------------------------------------


def test_a_run_waits_in_line_and_its_page_says_so(asked: Asker, stack: Stack) -> None:
    limit(asked.model, max_parallel=1)
    asked.provider.script(hang="mid_stream", times=1)
    first = put(asked.user, asked.model)
    wait_until(lambda: asked.calls, what="the first call")
    second, shown = put(asked.user, asked.model), []
    with stack.get(f"/runs/{second.pk}/events/", user=session_of(asked.user)) as response:
        for message in messages(response):
            shown.append(message.data)
            if "Next in line" in message.data:
                cancel_run(Run.objects.get(pk=first.pk))
    assert any("Next in line" in data for data in shown)
    assert shown[-1] == "done"
    assert until_ended(second).seconds_in_line > 0
    assert until_ended(first).seconds_in_line == 0


def test_who_stands_in_line_can_be_stopped_and_pays_nothing(asked: Asker) -> None:
    limit(asked.model, max_parallel=1)
    asked.provider.script(text="word " * 200, rate=20, times=1)
    first = put(asked.user, asked.model)
    wait_until(lambda: asked.calls, what="the first call")
    second = put(asked.user, asked.model)
    wait_until(lambda: Run.objects.filter(pk=second.pk, state=RunState.RUNNING).exists(), what="a place in line")
    cancel_run(Run.objects.get(pk=second.pk))
    ended = until_ended(second)
    assert (ended.state, ended.cost, calls(ended)) == (RunState.CANCELLED, 0, [])
    cancel_run(Run.objects.get(pk=first.pk))
    until_ended(first)


def test_departments_go_in_turn(asked: Asker, carol: User) -> None:
    limit(asked.model, max_parallel=1)
    asked.provider.script(hang="mid_stream", times=1)
    first = put(asked.user, asked.model)
    wait_until(lambda: asked.calls, what="the first call")
    many = [put(asked.user, asked.model) for _ in range(4)]
    wait_until(lambda: in_line(asked.model) == 4, what="four in line")
    one = put(carol, asked.model)
    wait_until(lambda: in_line(asked.model) == 5, what="five in line")
    cancel_run(Run.objects.get(pk=first.pk))
    ended = {run.pk: until_ended(run, seconds=60) for run in [first, *many, one]}
    began = sorted((run.attempts.get().started_at, run.user_id) for run in ended.values())
    assert [user for _at, user in began].index(carol.pk) <= 2


# --- A break in the middle --------------------------------------------------------------------------------------------


TEXT = "One two three four five six seven eight nine ten."


def test_an_answer_begins_anew_at_the_next_place_visibly(
    asked: Asker, place: Callable[..., Deployment], stack: Stack
) -> None:
    place("second")
    asked.provider.script(model="second", text="All of it.")
    asked.provider.script(model="demo-quick", text=TEXT, rate=20, cut="mid_stream", clean=True)
    run = put(asked.user, asked.model, RESTARTS)
    with stack.get(f"/runs/{run.pk}/events/", user=session_of(asked.user)) as response:
        shown = "".join(message.data for message in messages(response))
    run = until_ended(run)
    assert (run.state, run.output) == (RunState.DONE, "All of it.")
    assert run.discarded
    assert TEXT.startswith(run.discarded)
    assert "answer begins anew" in shown
    assert f"<del>{run.discarded}</del>" in shown


def test_both_calls_of_an_answer_that_began_anew_are_paid(asked: Asker, place: Callable[..., Deployment]) -> None:
    place("second")
    asked.provider.script(model="demo-quick", text=TEXT, cut="mid_stream", clean=True)
    run = until_ended(put(asked.user, asked.model, RESTARTS))
    first, second = run.attempts.all()
    assert (first.cost_is_estimated, second.cost_is_estimated) == (True, False)
    assert run.cost == first.cost + second.cost
    booked = LedgerEntry.objects.filter(reservation_id=run.pk, kind="settle").get().amount
    assert booked == run.cost
    assert LedgerEntry.objects.filter(reservation_id=run.pk, kind="extend", amount=first.cost).exists()


def test_a_chat_keeps_what_was_written(asked: Asker, place: Callable[..., Deployment]) -> None:
    place("second")
    run = until_ended(asked(model="demo-quick", text=TEXT, cut="mid_stream", clean=True))
    assert (run.state, run.discarded) == (RunState.INTERRUPTED, "")
    assert TEXT.startswith(run.output)


# --- A kept answer ----------------------------------------------------------------------------------------------------


KEPT = Handling(cache_seconds=60, cache_scope="tool version 1")


def until_kept(run: Run) -> Run:
    """The answer is kept a moment after the run has ended."""
    ended = until_ended(run)
    wait_until(lambda: redis_for_commands().exists(remembered.name_of(run.cache_key)), what="a kept answer")
    return ended


def test_the_very_same_question_is_answered_from_the_cache(asked: Asker, bob: User) -> None:
    first = until_kept(put(asked.user, asked.model, KEPT))
    again = put(bob, asked.model, KEPT)
    assert (again.state, again.from_cache, again.cost) == (RunState.DONE, True, 0)
    assert again.output == first.output
    assert asked.calls == 1


@pytest.mark.parametrize("other", ["question", "scope", "department", "nothing kept"])
def test_anything_else_is_asked_anew(asked: Asker, carol: User, other: str) -> None:
    until_kept(put(asked.user, asked.model, KEPT))
    run = start_run(
        user=carol if other == "department" else asked.user,
        source="chat",
        model=asked.model,
        request=ask("Something else" if other == "question" else "Hello"),
        handling=Handling(
            cache_seconds=0 if other == "nothing kept" else 60,
            cache_scope="tool version 2" if other == "scope" else KEPT.cache_scope,
        ),
    )
    assert not until_ended(run).from_cache


def test_an_answer_that_failed_is_not_kept(asked: Asker) -> None:
    asked.provider.script(text=TEXT, cut="mid_stream", clean=True, times=1)
    until_ended(put(asked.user, asked.model, KEPT))
    assert not until_ended(put(asked.user, asked.model, KEPT)).from_cache


# --- Health, for the admins -------------------------------------------------------------------------------------------


def test_the_report_tells_of_a_rejected_key(asked: Asker) -> None:
    until_ended(asked(status=401))
    key = str(asked.model.deployments.get().pk)
    found = health.report(django_settings.STREAM_REDIS_URL, prefix=django_settings.REDIS_KEY_PREFIX, keys=[key])
    assert found[key].needs_an_admin
