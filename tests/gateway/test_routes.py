"""Fallback, retries, stopping, and the guard over the length."""

import asyncio
import time

import pytest

from playground.gateway import errors
from playground.gateway.retry import RETRIES, cause_of, wait_before_retry
from playground.gateway.types import AttemptFailed, AttemptStarted, Delta, Event, Finish, Target
from tests.fake_provider import FakeProvider
from tests.gateway.asking import ask, finish_of, idle, question, stream, text_of, usage_of


def _attempts(events: list[Event]) -> list[str]:
    """Like "1 first", "1 overloaded": which call, and what became of it."""
    return [
        f"{event.number} {event.code if isinstance(event, AttemptFailed) else event.target.key}"
        for event in events
        if isinstance(event, AttemptStarted | AttemptFailed)
    ]


@pytest.fixture
def first(fake_provider: FakeProvider) -> Target:
    return fake_provider.target("openai", model="first", key="first")


@pytest.fixture
def second(fake_provider: FakeProvider) -> Target:
    return fake_provider.target("anthropic", model="second", key="second")


async def test_the_next_target_answers_when_one_does_not(
    fake_provider: FakeProvider, first: Target, second: Target
) -> None:
    fake_provider.script(model="first", status=401)
    fake_provider.script(model="second", text="Here I am.")
    events = await ask(first, second)
    assert _attempts(events) == ["1 first", "1 credential_rejected", "2 second"]
    assert text_of(events) == "Here I am."


async def test_a_failing_target_gets_one_retry_before_the_next(
    fake_provider: FakeProvider, first: Target, second: Target
) -> None:
    fake_provider.script(model="first", status=500)
    events = await ask(first, second)
    assert _attempts(events) == ["1 first", "1 overloaded", "2 first", "2 overloaded", "3 second"]


async def test_a_provider_that_says_when_is_not_waited_for_when_another_can_answer(
    fake_provider: FakeProvider, first: Target, second: Target
) -> None:
    fake_provider.script(model="first", status=429, retry_after=2)
    assert _attempts(await ask(first, second)) == ["1 first", "1 rate_limited", "2 second"]


async def test_no_other_target_is_asked_after_the_first_token(
    fake_provider: FakeProvider, first: Target, second: Target
) -> None:
    # Cleanly: a torn connection may take along what had come.
    fake_provider.script(model="first", text="one two three four", cut="mid_stream", clean=True)
    with pytest.raises(errors.Broken):
        await ask(first, second)
    assert fake_provider.counts()["requests_by_model"] == {"first": 1}


@pytest.mark.parametrize("error", [{"code": "content_filter"}, {"type": "invalid_request_error"}])
async def test_a_question_that_was_refused_is_not_taken_elsewhere(
    fake_provider: FakeProvider, first: Target, second: Target, error: dict[str, str]
) -> None:
    fake_provider.script(model="first", status=400, error={"error": error})
    with pytest.raises((errors.ContentRefused, errors.BadRequest)):
        await ask(first, second)
    assert fake_provider.counts()["requests"] == 1


async def test_the_last_failure_is_the_routes_failure(
    fake_provider: FakeProvider, first: Target, second: Target
) -> None:
    fake_provider.script(model="first", status=401)
    fake_provider.script(model="second", status=404)
    with pytest.raises(errors.ModelMissing):
        await ask(first, second)


async def test_a_route_without_targets_cannot_be_asked() -> None:
    with pytest.raises(errors.Unreachable):
        await ask()


@pytest.mark.parametrize("failures", [1, 2])
async def test_a_passing_failure_is_retried(fake_provider: FakeProvider, target: Target, failures: int) -> None:
    fake_provider.script(text="At last.")
    fake_provider.script(status=503, times=failures)
    assert text_of(await ask(target)) == "At last."
    assert fake_provider.counts()["requests"] == failures + 1


async def test_it_gives_up_after_two_retries(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(status=503)
    with pytest.raises(errors.Overloaded):
        await ask(target)
    assert fake_provider.counts()["requests"] == RETRIES + 1


async def test_retry_after_is_honoured(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(status=429, retry_after=0.5, times=1)
    begun = time.monotonic()
    await ask(target)
    assert time.monotonic() - begun >= 0.5


@pytest.mark.parametrize(
    ("error", "retries", "may_fall_back"),
    [
        (errors.TimedOut(), 0, False),
        (errors.BadRequest(), 0, False),
        (errors.CredentialRejected(), 0, False),
        (errors.Overloaded(), RETRIES, False),
        (errors.Overloaded(), 1, True),
        (errors.RateLimited(), 0, False),
    ],
)
def test_some_failures_are_not_worth_a_wait(error: errors.GatewayError, retries: int, *, may_fall_back: bool) -> None:
    assert wait_before_retry(error, retries=retries, may_fall_back=may_fall_back) is None


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (errors.BadRequest(), None),
        (errors.ContextTooLong(), "context"),
        (errors.ContentRefused(), "content"),
        (errors.RateLimited(), "rate"),
        (errors.Overloaded(), "outage"),
        (errors.CredentialRejected(), "outage"),
        (errors.ModelMissing(), "outage"),
        (errors.TimedOut(), "outage"),
    ],
    ids=lambda value: str(value) or type(value).__name__,
)
def test_why_another_model_may_answer(error: errors.GatewayError, cause: str | None) -> None:
    assert cause_of(error) == cause


async def test_stopping_closes_the_providers_connection(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(text="word " * 500, rate=50)
    begun = asyncio.Event()

    async def read() -> None:
        async for event in stream(target):
            if isinstance(event, Delta):
                begun.set()

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await idle(fake_provider)
    assert fake_provider.counts()["closed_by_client"] == 1


@pytest.mark.parametrize("place", ["before_headers", "after_headers", "mid_stream"])
async def test_stopping_works_while_nothing_comes(fake_provider: FakeProvider, target: Target, place: str) -> None:
    fake_provider.script(hang=place)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask(target), 0.3)
    await idle(fake_provider)


async def test_a_reader_that_leaves_closes_the_connection(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(text="word " * 500, rate=50)
    events = stream(target)
    async for event in events:
        if isinstance(event, Delta):
            break
    await events.aclose()  # type: ignore[attr-defined]
    await idle(fake_provider)


async def test_a_provider_that_ignores_its_limit_is_cut(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(text="word " * 500, ignore_max_tokens=True, rate=500)
    events = await ask(target, request=question(max_output_tokens=20))
    assert text_of(events).split() == ["word"] * 20
    assert finish_of(events) == "length"
    await idle(fake_provider)


async def test_large_pieces_are_cut_by_their_size(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(pieces=["x" * 200] * 50, ignore_max_tokens=True)
    events = await ask(target, request=question(max_output_tokens=30))
    assert len(text_of(events)) <= 16 * 31
    assert finish_of(events) == "length"


async def test_an_answer_that_is_whole_is_not_called_cut(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(text="one two three")
    events = await ask(target, request=question(max_output_tokens=3))
    assert events[-1] == Finish("stop")


async def test_a_cut_answer_does_not_look_free(fake_provider: FakeProvider) -> None:
    fake_provider.script(text="word " * 500, ignore_max_tokens=True)
    events = await ask(fake_provider.target("anthropic"), request=question(max_output_tokens=20))
    assert usage_of(events).output_tokens == 20


async def test_two_streams_share_one_client(fake_provider: FakeProvider, target: Target) -> None:
    results = await asyncio.gather(*(ask(target) for _ in range(20)))
    assert all(finish_of(events) == "stop" for events in results)
    assert fake_provider.counts()["most_active"] > 1
