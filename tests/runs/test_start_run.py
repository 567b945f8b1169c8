from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from playground.catalog.errors import ModelUnavailable
from playground.catalog.models import Model
from playground.gateway.types import Turn
from playground.quota.models import Reservation
from playground.runs.errors import KeyReused, NoDepartment
from playground.runs.models import Run, RunState
from playground.runs.start import cancel_run
from tests.questions import question_of

Start = Callable[..., Run]


def test_it_queues_the_question_and_sets_its_worst_cost_aside(start: Start) -> None:
    run = start("Hi")
    run.refresh_from_db()
    assert run.state == RunState.QUEUED
    assert question_of(run).turns == (Turn("user", "Hi"),)
    assert Reservation.objects.get(run_id=run.pk).amount == run.input_token_bound * 1 + 500 * 4


def test_it_asks_for_no_more_than_the_model_writes(start: Start, make_model: Callable[..., Model]) -> None:
    run = start(model=make_model("short", max_output_tokens=100))
    assert run.max_output_tokens == 100
    assert question_of(run).max_output_tokens == 100


def test_it_refuses_who_is_in_no_department(start: Start, alice: User) -> None:
    alice.memberships.all().delete()
    with pytest.raises(NoDepartment):
        start()
    assert not Run.objects.exists()


def test_it_refuses_a_model_without_a_price(start: Start, model: Model) -> None:
    model.deployments.update(is_active=False)
    with pytest.raises(ModelUnavailable):
        start()
    assert not Run.objects.exists()


def test_the_same_key_gives_the_same_run(start: Start) -> None:
    assert start("Hi", idempotency_key="k1").pk == start("Hi", idempotency_key="k1").pk
    assert Reservation.objects.count() == 1


def test_the_same_key_with_another_question_is_refused(start: Start) -> None:
    start("Hi", idempotency_key="k1")
    with pytest.raises(KeyReused):
        start("Something else", idempotency_key="k1")


def test_two_people_may_use_the_same_key(start: Start, bob: User) -> None:
    assert start(idempotency_key="k1").pk != start(user=bob, idempotency_key="k1").pk


@pytest.mark.django_db(transaction=True)
def test_three_hundred_posts_with_one_key_are_one_run(start: Start) -> None:
    def post(_: int) -> object:
        try:
            return start("Hi", idempotency_key="k1").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        runs = set(threads.map(post, range(300)))
    assert len(runs) == Run.objects.count() == Reservation.objects.count() == 1


def test_a_nul_in_the_question_is_left_out(start: Start) -> None:
    run = start("a\0b")
    run.refresh_from_db()
    assert question_of(run).turns[0].content == "ab"


def test_a_queued_run_that_is_stopped_costs_nothing(start: Start) -> None:
    run = start()
    cancel_run(run)
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert Reservation.objects.get().state == "released"


def test_stopping_a_run_that_has_ended_changes_nothing(start: Start) -> None:
    run = start()
    Run.objects.update(state=RunState.DONE, finished_at=timezone.now())
    cancel_run(run)
    run.refresh_from_db()
    assert (run.state, run.cancel_requested_at) == (RunState.DONE, None)
