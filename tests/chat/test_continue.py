from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from playground.catalog.models import Model
from playground.chat.branch import branch_of
from playground.chat.errors import NothingToGoOn, StillAnswering
from playground.chat.messages import GO_ON, continue_answer, post_message, regenerate
from playground.chat.models import Conversation, Message
from playground.runs.models import Run, RunState
from tests.chat.conftest import Ask, finish, latest


@pytest.fixture
def broken(conversation: Conversation, ask: Ask) -> Message:
    """An answer that broke off in the middle of a word."""
    return ask(conversation, "And tomorrow?", "Tomorr", state=RunState.INTERRUPTED)


def asked(message: Message) -> list[tuple[str, str]]:
    """The turns that go to the model."""
    assert message.run is not None
    return [(turn["role"], turn["content"]) for turn in (message.run.request or {})["turns"]]


def test_the_model_is_asked_to_go_on_from_what_it_wrote(broken: Message, model: Model) -> None:
    new = continue_answer(broken, model=model, key=uuid4())
    assert new.parent == broken
    assert asked(new)[-2:] == [("assistant", "Tomorr"), ("user", GO_ON)]


def test_both_parts_are_one_answer_to_the_next_question(broken: Message, model: Model) -> None:
    finish(continue_answer(broken, model=model, key=uuid4()), "ow at nine.")
    following = post_message(broken.conversation, content="Thanks", model=model, key=uuid4())
    assert asked(following)[-2:] == [("assistant", "Tomorrow at nine."), ("user", "Thanks")]


def test_the_parts_are_shown_joined(broken: Message, model: Model) -> None:
    continue_answer(broken, model=model, key=uuid4())
    broken.conversation.refresh_from_db()
    first, second = branch_of(broken.conversation, model=model).turns[-2:]
    assert (first.is_continued, first.goes_on, second.is_continued, second.goes_on) == (True, False, False, True)


def test_a_continuation_that_broke_off_too_can_go_on(broken: Message, model: Model) -> None:
    second = continue_answer(broken, model=model, key=uuid4())
    finish(second, "ow at", state=RunState.INTERRUPTED)
    second.refresh_from_db()
    third = continue_answer(second, model=model, key=uuid4())
    assert asked(third)[-2:] == [("assistant", "Tomorrow at"), ("user", GO_ON)]


def test_it_waits_for_another_answer_of_the_chat(broken: Message, model: Model) -> None:
    regenerate(broken, model=model, key=uuid4())
    with pytest.raises(StillAnswering):
        continue_answer(broken, model=model, key=uuid4())


def test_answering_a_continuation_again_goes_on_from_the_same_place(broken: Message, model: Model) -> None:
    second = continue_answer(broken, model=model, key=uuid4())
    finish(second, "oze.")
    again = regenerate(second, model=model, key=uuid4())
    assert asked(again)[-2:] == [("assistant", "Tomorr"), ("user", GO_ON)]


def test_an_answer_at_its_longest_length_can_go_on(conversation: Conversation, model: Model) -> None:
    Run.objects.update(finish_reason="length")
    assert continue_answer(latest(conversation), model=model, key=uuid4())


def test_a_whole_answer_cannot(conversation: Conversation, model: Model) -> None:
    with pytest.raises(NothingToGoOn):
        continue_answer(latest(conversation), model=model, key=uuid4())


def test_the_same_button_twice_asks_once(broken: Message, model: Model) -> None:
    key = uuid4()
    assert continue_answer(broken, model=model, key=key) == continue_answer(broken, model=model, key=key)


def test_the_page_offers_it_and_does_it(broken: Message, model: Model, as_alice: Client) -> None:
    url = reverse("chat:continue", args=[broken.conversation.pk, broken.pk])
    assert url in as_alice.get(broken.conversation.get_absolute_url()).content.decode()
    response = as_alice.post(url, {"model": model.slug, "key": str(uuid4())})
    assert response.status_code == 302
    page = as_alice.get(broken.conversation.get_absolute_url()).content.decode()
    assert "message-joined" in page
    assert url not in page


def test_it_is_not_offered_for_a_whole_answer(conversation: Conversation, as_alice: Client) -> None:
    page = as_alice.get(conversation.get_absolute_url()).content.decode()
    assert "/continue/" not in page
