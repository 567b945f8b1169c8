"""A provider breaks off in the middle: who was told nothing yet never learns of it, anybody else is told honestly."""

from collections.abc import Callable
from typing import Any

import anthropic
import openai
import pytest

from accounts.api_keys import issue_key
from accounts.models import User
from playground.catalog.models import Deployment, Model
from playground.runs.models import Run, RunState
from tests.fake_provider import FakeProvider
from tests.stack import Stack

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.usefixtures("ledger_is_true")]

TEXT = "One two three four five six seven eight nine ten."
THOUGHTS = "Let me think about it for quite a while, since nobody is in a hurry."
USER: Any = [{"role": "user", "content": "Hi"}]
CHAT: Any = {"model": "quick", "messages": USER}
MESSAGES: Any = {"model": "quick", "max_tokens": 300, "messages": USER}
RESPONSES: Any = {"model": "quick", "input": "Hi"}


@pytest.fixture(params=["openai_compatible", "anthropic"])
def secret(
    request: pytest.FixtureRequest,
    stack: Stack,
    alice: User,
    make_model: Callable[..., Model],
    make_deployment: Callable[..., Deployment],
    fake_provider: FakeProvider,
) -> str:
    """Alice's key, before a model at two places: the first breaks off, the second answers."""
    where = {"kind": request.param, "base_url": fake_provider.target(request.param).base_url}
    make_deployment(make_model(**where), name="second", priority=2, **where)
    fake_provider.script(model="second", text="All of it.")
    return issue_key(alice, name="laptop", days=30)[1]


@pytest.fixture
def breaks_off(fake_provider: FakeProvider) -> None:
    """Slowly: something has been shown by then."""
    fake_provider.script(model="demo-quick", text=TEXT, rate=15, cut="mid_stream", clean=True)


@pytest.fixture
def breaks_off_thinking(fake_provider: FakeProvider) -> None:
    rule = {"text": "Ten.", "reasoning": THOUGHTS, "rate": 40, "cut": "mid_stream", "clean": True}
    fake_provider.script(model="demo-quick", **rule)


def chat(coder: openai.OpenAI, **more: Any) -> tuple[str, Exception | None]:
    """What came of a stream, and how it ended."""
    said = ""
    try:
        for chunk in coder.chat.completions.create(**CHAT, stream=True, **more):
            said += "".join(choice.delta.content or "" for choice in chunk.choices)
    except openai.APIError as error:
        return said, error
    return said, None


def messages(claude: anthropic.Anthropic, **more: Any) -> tuple[str, Exception | None]:
    said = ""
    try:
        with claude.messages.stream(**MESSAGES, **more) as stream:
            for text in stream.text_stream:
                said += text
    except anthropic.APIStatusError as error:
        return said, error
    return said, None


def is_beginning(said: str) -> bool:
    return bool(said) and TEXT.startswith(said) and said != TEXT


@pytest.mark.usefixtures("breaks_off")
def test_a_stream_that_has_said_something_ends_with_the_vendors_error(
    coder: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    said, error = chat(coder)
    assert is_beginning(said)
    assert isinstance(error, openai.APIError)
    said, error = messages(claude)
    assert is_beginning(said)
    assert isinstance(error, anthropic.APIStatusError)
    events: Any = list(coder.responses.create(**RESPONSES, stream=True))
    assert is_beginning("".join(event.delta for event in events if event.type == "response.output_text.delta"))
    assert (events[-1].type, events[-1].response.error.code) == ("response.failed", "server_error")
    assert set(Run.objects.values_list("state", "discarded")) == {(RunState.INTERRUPTED, "")}


@pytest.mark.usefixtures("breaks_off")
def test_who_waits_for_the_whole_gets_it_from_the_next_place(coder: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    assert coder.chat.completions.create(**CHAT).choices[0].message.content == "All of it."
    [block] = claude.messages.create(**MESSAGES).content
    assert block.type == "text"
    assert block.text == "All of it."
    assert coder.responses.create(**RESPONSES).output_text == "All of it."
    assert [run.attempts.count() for run in Run.objects.all()] == [2, 2, 2]


@pytest.mark.usefixtures("breaks_off_thinking")
def test_thoughts_that_nobody_sees_do_not_keep_an_answer_from_beginning_anew(claude: anthropic.Anthropic) -> None:
    assert messages(claude) == ("All of it.", None)
    run = Run.objects.get()
    assert (run.state, run.output, run.discarded) == (RunState.DONE, "All of it.", "")
    assert run.cost == sum(attempt.cost for attempt in run.attempts.all()) > 0


@pytest.mark.usefixtures("breaks_off_thinking")
def test_thoughts_that_were_shown_do(coder: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    said, error = chat(coder)
    assert (said, isinstance(error, openai.APIError)) == ("", True)
    said, error = messages(claude, thinking={"type": "enabled", "budget_tokens": 1024})
    assert (said, isinstance(error, anthropic.APIStatusError)) == ("", True)


@pytest.mark.usefixtures("breaks_off")
def test_who_comes_later_to_an_answer_that_began_anew_hears_only_what_counts(
    coder: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    once: Any = {"extra_headers": {"Idempotency-Key": "k1"}}
    assert coder.chat.completions.create(**CHAT, **once).choices[0].message.content == "All of it."
    run = Run.objects.get()
    assert is_beginning(run.discarded)
    assert chat(coder, **once) == ("All of it.", None)
    assert Run.objects.count() == 1
