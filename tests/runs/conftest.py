"""Runs to begin with."""

from collections.abc import Callable

import pytest

from accounts.models import User
from playground.catalog.models import Model
from playground.gateway.types import ChatRequest, Turn
from playground.runs.models import Run
from playground.runs.start import start_run


def ask(question: str = "Hello", *, max_output_tokens: int = 500, **more: object) -> ChatRequest:
    return ChatRequest(turns=(Turn("user", question),), max_output_tokens=max_output_tokens, **more)


@pytest.fixture
def start(alice: User, model: Model) -> Callable[..., Run]:
    """Alice asks."""

    def start(question: str = "Hello", *, user: User = alice, model: Model = model, **more: object) -> Run:
        return start_run(user=user, source="chat", model=model, request=ask(question), **more)

    return start
