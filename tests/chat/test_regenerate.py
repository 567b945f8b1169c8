from collections.abc import Callable
from uuid import uuid4

import pytest

from playground.catalog.models import Model
from playground.chat.branch import branch_of
from playground.chat.errors import StillAnswering
from playground.chat.messages import choose_branch, regenerate
from playground.chat.models import Conversation
from playground.runs.models import Run, RunState
from tests.chat.conftest import Ask, finish, latest


def test_the_new_answer_stands_beside_the_old_one(conversation: Conversation, model: Model) -> None:
    new = regenerate(latest(conversation), model=model, key=uuid4())
    conversation.refresh_from_db()
    last = branch_of(conversation, model=model).turns[-1]
    assert (last.message, last.number, last.versions, last.previous) == (new, 2, 2, new.pk - 1)


def test_another_model_can_answer(conversation: Conversation, make_model: Callable[..., Model]) -> None:
    other = make_model("deep")
    new = regenerate(latest(conversation), model=other, key=uuid4())
    conversation.refresh_from_db()
    assert new.run is not None
    assert (new.run.model, conversation.model) == (other, other)


def test_it_refuses_while_an_answer_is_written(conversation: Conversation, model: Model) -> None:
    first = latest(conversation)
    regenerate(first, model=model, key=uuid4())
    with pytest.raises(StillAnswering):
        regenerate(first, model=model, key=uuid4())


def test_the_same_button_twice_asks_once(conversation: Conversation, model: Model) -> None:
    first, key = latest(conversation), uuid4()
    assert regenerate(first, model=model, key=key) == regenerate(first, model=model, key=key)


def test_a_stopped_answer_can_be_asked_again(conversation: Conversation, model: Model, ask: Ask) -> None:
    stopped = ask(conversation, "And tomorrow?", "Tomo", state=RunState.CANCELLED)
    assert regenerate(stopped, model=model, key=uuid4()).parent == stopped.parent


def test_choosing_a_version_shows_its_branch_to_the_end(conversation: Conversation, model: Model, ask: Ask) -> None:
    first = latest(conversation)
    follow_up = ask(conversation, "And tomorrow?")
    finish(regenerate(first, model=model, key=uuid4()))
    choose_branch(first)
    conversation.refresh_from_db()
    assert conversation.head == follow_up


def test_the_model_does_not_read_the_other_branch(conversation: Conversation, model: Model, ask: Ask) -> None:
    first = latest(conversation)
    finish(regenerate(first, model=model, key=uuid4()), "No.")
    conversation.refresh_from_db()
    ask(conversation, "And tomorrow?")
    texts = [turn.message.run.output for turn in branch_of(conversation, model=model).turns if turn.message.run]
    assert texts == ["No."]
    assert Run.objects.count() == 3
