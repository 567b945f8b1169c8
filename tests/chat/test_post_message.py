from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Department, User
from playground.catalog.models import Model
from playground.chat.conversations import start_conversation
from playground.chat.errors import StillAnswering
from playground.chat.messages import post_message
from playground.chat.models import Conversation, Message, Role
from playground.runs.models import Run, RunState
from tests.chat.conftest import Ask


def test_it_adds_the_question_and_a_run_that_answers_it(conversation: Conversation, model: Model) -> None:
    answer = post_message(conversation, content="And tomorrow?", model=model, key=uuid4())
    assert answer.parent is not None
    assert (answer.parent.role, answer.parent.content) == (Role.USER, "And tomorrow?")
    assert answer.run is not None
    assert (answer.run.state, answer.run.source) == (RunState.QUEUED, "chat")


def test_it_goes_on_from_the_branch_that_is_shown(conversation: Conversation, model: Model) -> None:
    before = conversation.head_id
    answer = post_message(conversation, content="And tomorrow?", model=model, key=uuid4())
    conversation.refresh_from_db()
    assert answer.parent is not None
    assert (answer.parent.parent_id, conversation.head_id) == (before, answer.pk)


def test_it_refuses_while_an_answer_is_written(conversation: Conversation, model: Model) -> None:
    post_message(conversation, content="And tomorrow?", model=model, key=uuid4())
    with pytest.raises(StillAnswering):
        post_message(conversation, content="And on Sunday?", model=model, key=uuid4())
    assert not Message.objects.filter(content="And on Sunday?").exists()


def test_the_same_form_twice_asks_once(conversation: Conversation, model: Model) -> None:
    key = uuid4()
    first = post_message(conversation, content="And tomorrow?", model=model, key=key)
    assert post_message(conversation, content="And tomorrow?", model=model, key=key) == first
    assert Run.objects.count() == 2


def test_a_kept_form_with_other_words_asks_again(conversation: Conversation, model: Model, ask: Ask) -> None:
    key = uuid4()
    first = post_message(conversation, content="And tomorrow?", model=model, key=key)
    Run.objects.update(state=RunState.DONE, finished_at=timezone.now())
    assert post_message(conversation, content="And on Sunday?", model=model, key=key) != first


def test_a_conversation_started_twice_is_one(alice: User, model: Model) -> None:
    key = uuid4()
    first = start_conversation(alice, content="Hello", model=model, key=key)
    assert start_conversation(alice, content="Hello", model=model, key=key) == first
    assert (Conversation.objects.count(), Message.objects.count(), Run.objects.count()) == (1, 2, 1)


def test_two_people_with_one_key_have_a_conversation_each(alice: User, eve: User, model: Model) -> None:
    key = uuid4()
    hers = start_conversation(alice, content="Hello", model=model, key=key)
    assert start_conversation(eve, content="Hello", model=model, key=key) != hers


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_ask_once(make_user: Callable[..., User], make_model: Callable[..., Model]) -> None:
    alice, model, key = make_user("alice", Department.objects.create(name="M", slug="m")), make_model(), uuid4()

    def click(_: int) -> Conversation:
        try:
            return start_conversation(alice, content="Hello", model=model, key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        started = set(pool.map(click, range(8)))
    assert (len(started), Message.objects.count(), Run.objects.count()) == (1, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_of_eight_questions_at_once_one_is_asked(
    make_user: Callable[..., User], make_model: Callable[..., Model]
) -> None:
    alice, model = make_user("alice", Department.objects.create(name="M", slug="m")), make_model()
    conversation = start_conversation(alice, content="Hello", model=model, key=uuid4())
    Run.objects.update(state=RunState.DONE, finished_at=timezone.now())

    def post(number: int) -> bool:
        try:
            post_message(conversation, content=f"Question {number}", model=model, key=uuid4())
        except StillAnswering:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(post, range(8))) == 1
    assert Message.objects.filter(role=Role.USER).count() == 2
