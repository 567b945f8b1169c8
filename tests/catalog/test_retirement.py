"""What becomes of a model that retires, and of whoever stands on it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Department, User
from playground.catalog.access import current, default_model_for, model_for, models_for, today
from playground.catalog.badges import badges_for
from playground.catalog.models import Audience, DepartmentDefault, Model

TOMORROW, YESTERDAY = timedelta(days=1), timedelta(days=-1)


@pytest.fixture
def successor(make_model: Callable[..., Model]) -> Model:
    return make_model("successor")


def retire(model: Model, replacement: Model | None, *, days: timedelta = YESTERDAY) -> None:
    model.retires_on, model.replacement = today() + days, replacement
    model.save()


def test_until_its_day_it_is_offered_and_says_so(alice: User, model: Model, successor: Model) -> None:
    retire(model, successor, days=TOMORROW)
    assert model in models_for(alice)
    assert model_for(alice, model) == model
    assert badges_for(model)[0].word.startswith("until ")


def test_from_its_day_on_its_replacement_answers(alice: User, model: Model, successor: Model) -> None:
    retire(model, successor, days=timedelta(0))
    assert model not in models_for(alice)
    assert model_for(alice, model) == successor


def test_without_a_replacement_nobody_answers(alice: User, model: Model) -> None:
    retire(model, None)
    assert (current(model), model_for(alice, model)) == (None, None)


def test_a_chain_is_followed_to_its_end_and_no_circle_for_ever(
    model: Model, successor: Model, make_model: Callable[..., Model]
) -> None:
    last = make_model("last")
    retire(model, successor)
    retire(successor, last)
    assert current(model) == last
    retire(last, model)
    assert current(model) is None


def test_a_replacement_is_not_for_those_who_may_not_use_it(alice: User, model: Model, successor: Model) -> None:
    retire(model, successor)
    Model.objects.filter(pk=successor.pk).update(audience=Audience.NOBODY)
    assert model_for(alice, model) is None


def test_a_departments_model_moves_on_too(alice: User, marketing: Department, model: Model, successor: Model) -> None:
    DepartmentDefault.objects.create(department=marketing, model=model)
    retire(model, successor)
    assert default_model_for(alice) == successor


@pytest.mark.parametrize(("name", "may"), [("alice", False), ("carol", True), ("dana", False)])
def test_a_model_for_roles_is_theirs_only(
    alice: User, carol: User, dana: User, model: Model, *, name: str, may: bool
) -> None:
    Model.objects.update(audience=Audience.ROLES, roles=["power_user"])
    assert models_for({"alice": alice, "carol": carol, "dana": dana}[name]).exists() is may


def test_a_new_model_is_new_until_its_day(model: Model) -> None:
    model.new_until = timezone.localdate() + TOMORROW
    assert badges_for(model)[0].word == "new"
    model.new_until = timezone.localdate() - timedelta(days=3)
    assert all(badge.word != "new" for badge in badges_for(model))
