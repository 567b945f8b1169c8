"""Runs to begin with."""

from collections.abc import Callable

import pytest

from accounts.models import User
from playground.catalog.models import Model
from playground.gateway.types import ChatRequest, Turn
from playground.runs.models import LIVE_STATES, Run
from playground.runs.start import start_run
from tests.fake_provider import FakeProvider
from tests.stack import Stack, wait_until

Start = Callable[..., Run]


def ask(question: str = "Hello", *, max_output_tokens: int = 500) -> ChatRequest:
    return ChatRequest(turns=(Turn("user", question),), max_output_tokens=max_output_tokens)


@pytest.fixture
def start(alice: User, model: Model) -> Start:
    """Alice asks a model that nobody serves really."""

    def start(question: str = "Hello", *, user: User = alice, model: Model = model, **more: object) -> Run:
        return start_run(user=user, source="chat", model=model, request=ask(question), **more)  # type: ignore[arg-type]

    return start


class Asker:
    """Asks the fake provider's model through the real worker."""

    def __init__(self, provider: FakeProvider, user: User, model: Model) -> None:
        self.provider = provider
        self.user = user
        self.model = model

    def __call__(self, **rule: object) -> Run:
        """A run whose answer follows `rule`."""
        self.provider.script(**rule)
        return start_run(user=self.user, source="chat", model=self.model, request=ask())

    def slowly(self, words: int = 400, *, rate: float = 40.0) -> Run:
        """An answer of paragraphs that takes a while."""
        text = " ".join(f"word{number}" + ("\n\n" if number % 20 == 19 else "") for number in range(words))
        return self(text=text, rate=rate)

    @property
    def calls(self) -> int:
        return int(sum(self.provider.counts()["by_status"].values()))


@pytest.fixture
def asked(
    stack: Stack, fake_provider: FakeProvider, make_model: Callable[..., Model], alice: User, ledger_is_true: None
) -> Asker:
    return Asker(fake_provider, alice, make_model("served", base_url=f"{fake_provider.base_url}/v1"))


def until_ended(run: Run, *, seconds: float = 60) -> Run:
    def has_ended() -> bool:
        run.refresh_from_db()
        return run.state not in LIVE_STATES

    wait_until(has_ended, seconds=seconds, what="a run that ends")
    return run


def until_text(run: Run, *, seconds: float = 10) -> None:
    """Until a checkpoint has saved some of its text."""

    def has_text() -> str:
        run.refresh_from_db()
        return run.output

    wait_until(has_text, seconds=seconds, what="text in the row")
