"""Conversations for the chat's tests, and answers as a worker would have written them."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from playground.catalog.models import Model
from playground.chat.conversations import start_conversation
from playground.chat.messages import post_message
from playground.chat.models import Conversation, Message, Role
from playground.runs.models import Run, RunState

Ask = Callable[..., Message]


def finish(message: Message, output: str = "Yes.", *, state: str = RunState.DONE) -> None:
    """What the worker writes at the end."""
    Run.objects.filter(pk=message.run_id or "").update(
        state=state, output=output, output_html=f"<p>{output}</p>", finished_at=timezone.now()
    )


def latest(conversation: Conversation) -> Message:
    return conversation.messages.latest("pk")


def latest_question(conversation: Conversation) -> Message:
    return conversation.messages.filter(role=Role.USER).latest("pk")


@pytest.fixture
def conversation(alice: User, model: Model) -> Conversation:
    """Alice's: one question, answered."""
    conversation = start_conversation(alice, content="Is the shop open?", model=model, key=uuid4())
    conversation.refresh_from_db()
    finish(latest(conversation))
    return conversation


@pytest.fixture
def ask(model: Model) -> Ask:
    """Post a question and answer it."""

    def ask(conversation: Conversation, content: str, answer: str = "Yes.", state: str = RunState.DONE) -> Message:
        message = post_message(conversation, content=content, model=model, key=uuid4())
        finish(message, answer, state=state)
        return message

    return ask


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def as_eve(eve: User) -> Client:
    client = Client()
    client.force_login(eve)
    return client


@pytest.fixture
def htmx() -> dict[str, str]:
    return {"HX-Request": "true"}
