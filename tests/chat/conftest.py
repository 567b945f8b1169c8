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
from playground.chat.models import Conversation, Message
from playground.runs.models import Run, RunState

Ask = Callable[..., Message]


def finish(message: Message, output: str = "Yes.", *, state: str = RunState.DONE) -> None:
    """What the worker writes at the end."""
    Run.objects.filter(pk=message.run_id).update(
        state=state, output=output, output_html=f"<p>{output}</p>", finished_at=timezone.now()
    )


@pytest.fixture
def conversation(alice: User, model: Model) -> Conversation:
    """Alice's: one question, answered."""
    conversation = start_conversation(alice, content="Is the shop open?", model=model, key=uuid4())
    conversation.refresh_from_db()
    finish(conversation.head)
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


# STANDIN-BEGIN
@pytest.fixture(autouse=True)
def _standin(monkeypatch: pytest.MonkeyPatch) -> None:
    def start_run(*, user, source, model, request, idempotency_key=""):  # type: ignore[no-untyped-def]
        return Run.objects.create(
            user=user,
            department=user.departments.first(),
            source=source,
            model=model,
            model_name=model.name,
            request={"turns": [t.content for t in request.turns]},
            max_output_tokens=request.max_output_tokens,
            input_token_bound=1,
            idempotency_key=idempotency_key,
        )

    monkeypatch.setattr("playground.chat.messages.start_run", start_run)


# STANDIN-END
