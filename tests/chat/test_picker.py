"""Which model a new chat begins with."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from playground.catalog.models import Model
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
