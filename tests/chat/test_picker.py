"""Which model a new chat begins with."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import Department, User
from playground.catalog.access import today
from playground.catalog.models import DepartmentDefault, Model
from playground.chat.models import Conversation
from playground.chat.picker import picker_for


def test_it_begins_with_the_model_of_the_last_chat_that_is_kept(alice: User, make_model: Callable[..., Model]) -> None:
    first, second, third = (make_model(slug) for slug in ("first", "second", "third"))
    now = timezone.now()
    Conversation.objects.create(user=alice, model=first, updated_at=now - timedelta(days=2))
    Conversation.objects.create(user=alice, model=second, updated_at=now - timedelta(days=1))
    Conversation.objects.create(user=alice, model=third, updated_at=now, deleted_at=now)
    assert picker_for(alice).picked == second


def test_without_a_chat_it_begins_with_the_first_model(alice: User, make_model: Callable[..., Model]) -> None:
    models = [make_model(slug) for slug in ("a", "b")]
    assert picker_for(alice).picked == models[0]


def test_without_a_chat_it_begins_with_the_departments_model(
    alice: User, marketing: Department, make_model: Callable[..., Model]
) -> None:
    _first, chosen = make_model("first"), make_model("zebra")
    DepartmentDefault.objects.create(department=marketing, model=chosen)
    assert picker_for(alice).picked == chosen


def test_a_chat_on_a_retired_model_goes_on_with_its_replacement(alice: User, make_model: Callable[..., Model]) -> None:
    old, new = make_model("old"), make_model("new")
    conversation = Conversation.objects.create(user=alice, model=old, updated_at=timezone.now())
    old.retires_on, old.replacement = today(), new
    old.save()
    picker = picker_for(alice, conversation=Conversation.objects.get(pk=conversation.pk))
    assert (picker.picked, picker.moved) == (new, "Old is retired. New answers from now on.")
    assert [choice.why_not for choice in picker.choices if choice.model == old] == ["This model is retired."]
