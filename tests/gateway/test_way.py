"""Where a question goes when its first place is busy, rests, fails, or cannot answer such a question."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from playground.gateway import errors, router
from playground.gateway.balance import in_order
from playground.gateway.limits import Granted, Result, Wish
from playground.gateway.limits_memory import MemoryLimiter
from playground.gateway.providers.told import told_by
from playground.gateway.types import (
    AttemptStarted,
    Cause,
    Event,
    Limits,
    Manner,
    Restarted,
    Route,
    Routing,
    Target,
    Told,
    Waiting,
)
from playground.gateway.way import MOST_ATTEMPTS
from tests.fake_provider import FakeProvider
from tests.gateway.asking import PATIENT, QUICK, finish_of, question, text_of

HURRIED = Manner(patience=0.5)


class Places:
    """Targets at the fake provider, and one limiter for all questions of a test."""

    def __init__(self, provider: FakeProvider) -> None:
        self.provider = provider
        self.limiter = MemoryLimiter()

    def target(self, name: str, **changes: object) -> Target:
        return replace(self.provider.target(model=name, key=name), label=name, **changes)  # type: ignore[arg-type]

    async def ask(
        self,
        *targets: Target,
        routing: Routing = "priority",
        fallbacks: dict[Cause, tuple[Target, ...]] | None = None,
        manner: Manner = HURRIED,
        limits: Limits = PATIENT,
    ) -> list[Event]:
        events: list[Event] = []
        async for event in self.stream(*targets, routing=routing, fallbacks=fallbacks, manner=manner, limits=limits):
            events.append(event)
        return events

    def stream(
        self,
        *targets: Target,
        routing: Routing = "priority",
        fallbacks: dict[Cause, tuple[Target, ...]] | None = None,
        manner: Manner = HURRIED,
        limits: Limits = PATIENT,
    ) -> AsyncIterator[Event]:
        route = Route(targets, routing, "line", fallbacks or {})
        return router.stream(route, question(), limits=limits, manner=manner, limiter=self.limiter)

    async def take(self, target: Target) -> Granted:
        granted = await self.limiter.take(Wish("held", (target,), line="line"))
        assert isinstance(granted, Granted)
        return granted

    @property
    def requests(self) -> dict[str, int]:
        return dict(self.provider.counts()["requests_by_model"])


@pytest.fixture
def places(fake_provider: FakeProvider) -> Places:
    return Places(fake_provider)


def started(events: list[Event]) -> list[tuple[str, str, str]]:
    """Of each call: who was asked, instead of whom, and why."""
    return [(one.target.key, one.instead_of, one.because) for one in events if isinstance(one, AttemptStarted)]


# --- By chance and weight ---------------------------------------------------------------------------------------------


def test_weights_share_the_questions_of_one_priority(places: Places) -> None:
    route = places.target("one", weight=3), places.target("two", weight=1), places.target("late", priority=2)
    orders = [in_order(route, "weighted") for _ in range(2000)]
    assert 0.7 < sum(order[0].key == "one" for order in orders) / 2000 < 0.8
    assert all(order[2].key == "late" for order in orders)


async def test_a_busy_place_hands_on_to_the_next_and_says_why(places: Places) -> None:
    first = places.target("first", max_parallel=1)
    await places.take(first)
    events = await places.ask(first, places.target("second", priority=2))
    assert started(events) == [("second", "first", "limits")]


async def test_equals_are_no_fallback(places: Places) -> None:
    first = places.target("first", max_parallel=1)
    await places.take(first)
    assert started(await places.ask(first, places.target("second"))) == [("second", "", "")]


async def test_a_failing_place_rests_and_is_not_asked_meanwhile(places: Places, fake_provider: FakeProvider) -> None:
    fake_provider.script(model="first", status=401)
    route = places.target("first"), places.target("second", priority=2)
    assert started(await places.ask(*route)) == [("first", "", ""), ("second", "first", "credential_rejected")]
    assert started(await places.ask(*route)) == [("second", "first", "credential_rejected")]
    assert places.requests == {"first": 1, "second": 2}


async def test_a_question_is_given_up_after_so_many_tries(places: Places, fake_provider: FakeProvider) -> None:
    fake_provider.script(status=401)
    with pytest.raises(errors.CredentialRejected):
        await places.ask(*(places.target(f"place-{number}", priority=number) for number in range(MOST_ATTEMPTS + 2)))
    assert sum(places.requests.values()) == MOST_ATTEMPTS


async def test_a_question_is_given_up_when_its_time_is_over(places: Places) -> None:
    stream = places.stream(places.target("only"), limits=replace(PATIENT, total=0))
    with pytest.raises(errors.TimedOut):
        pytest.fail(f"it was asked: {await anext(stream)}")


# --- In line ----------------------------------------------------------------------------------------------------------


async def test_a_question_waits_in_line_until_there_is_room(places: Places) -> None:
    only = places.target("only", max_parallel=1)
    before = await places.take(only)
    asking = asyncio.create_task(places.ask(only, manner=Manner(patience=20)))
    await asyncio.sleep(0.3)
    assert not asking.done()
    await places.limiter.give_back(before, Result(is_fine=True))
    events = await asking
    waiting = [event for event in events if isinstance(event, Waiting)]
    assert waiting
    assert waiting[0].ahead == 0
    assert waiting[0].seconds > 0
    assert finish_of(events) == "stop"


async def test_it_waits_no_longer_than_its_patience(places: Places) -> None:
    only = places.target("only", max_parallel=1)
    await places.take(only)
    with pytest.raises(errors.RateLimited):
        await places.ask(only)
    assert places.requests == {}


async def test_nobody_waits_for_a_place_that_rests_too_long(places: Places, fake_provider: FakeProvider) -> None:
    fake_provider.script(status=401)
    only = places.target("only")
    for _ in range(2):
        with pytest.raises(errors.CredentialRejected):
            await places.ask(only, manner=Manner(patience=20))
    assert places.requests == {"only": 1}


async def test_stopping_in_line_leaves_it(places: Places) -> None:
    only = places.target("only", max_parallel=1)
    before = await places.take(only)
    asking = asyncio.create_task(places.ask(only, manner=Manner(patience=20)))
    await asyncio.sleep(0.2)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await places.limiter.give_back(before, Result(is_fine=True))
    await places.take(only)


async def test_a_storm_of_429_is_waited_out_in_line(places: Places, fake_provider: FakeProvider) -> None:
    fake_provider.script(status=429, retry_after=0.3, times=3)
    only = places.target("only")
    answers = await asyncio.gather(*(places.ask(only, manner=Manner(patience=20)) for _ in range(10)))
    assert all(finish_of(events) == "stop" for events in answers)
    assert places.requests["only"] <= 13


async def test_what_a_provider_has_told_is_honoured(places: Places, fake_provider: FakeProvider) -> None:
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-limit-requests": "60"}
    fake_provider.script(headers=headers | {"x-ratelimit-reset-requests": "400ms"}, times=1)
    only = places.target("only")
    await places.ask(only)
    events = await places.ask(only, manner=Manner(patience=20))
    assert any(isinstance(event, Waiting) for event in events)
    assert finish_of(events) == "stop"


# --- Another model ----------------------------------------------------------------------------------------------------


CAUSES: list[tuple[Cause, dict[str, object]]] = [
    ("outage", {"status": 401}),
    ("outage", {"status": 404}),
    ("context", {"status": 400, "error": {"error": {"code": "context_length_exceeded"}}}),
    ("content", {"status": 400, "error": {"error": {"code": "content_filter"}}}),
    ("rate", {"status": 429, "retry_after": 30}),
]


@pytest.mark.parametrize(("cause", "rule"), CAUSES)
async def test_another_model_answers_for_its_cause(
    places: Places, fake_provider: FakeProvider, cause: Cause, rule: dict[str, object]
) -> None:
    fake_provider.script(model="own", **rule)
    events = await places.ask(places.target("own"), fallbacks={cause: (places.target("other"),)})
    assert [key for key, *_ in started(events)] == ["own", "other"]
    assert finish_of(events) == "stop"


@pytest.mark.parametrize(("cause", "rule"), CAUSES)
async def test_a_fallback_for_another_cause_is_not_asked(
    places: Places, fake_provider: FakeProvider, cause: Cause, rule: dict[str, object]
) -> None:
    fake_provider.script(model="own", **rule)
    wrong: Cause = "content" if cause != "content" else "rate"
    with pytest.raises(errors.GatewayError):
        await places.ask(places.target("own"), fallbacks={wrong: (places.target("other"),)})
    assert "other" not in places.requests


async def test_another_model_is_asked_rather_than_waited_for_a_full_one(places: Places) -> None:
    own = places.target("own", max_parallel=1)
    await places.take(own)
    events = await places.ask(own, fallbacks={"rate": (places.target("other"),)})
    assert started(events) == [("other", "own", "limits")]


async def test_the_models_own_places_go_before_another_model(places: Places, fake_provider: FakeProvider) -> None:
    fake_provider.script(model="own", status=500)
    route = places.target("own"), places.target("late", priority=9)
    events = await places.ask(*route, fallbacks={"outage": (places.target("other"),)})
    assert started(events)[-1] == ("late", "own", "overloaded")


async def test_one_fallback_after_the_other(places: Places, fake_provider: FakeProvider) -> None:
    for name in ("own", "second"):
        fake_provider.script(model=name, status=404)
    others = places.target("second"), places.target("third", priority=2)
    events = await places.ask(places.target("own"), fallbacks={"outage": others})
    assert [key for key, *_ in started(events)] == ["own", "second", "third"]


async def test_a_fallback_is_asked_for_no_more_than_it_writes(places: Places, fake_provider: FakeProvider) -> None:
    await places.ask(places.target("short", max_output_tokens=7))
    assert fake_provider.counts()["last_body"]["max_tokens"] == 7


# --- A break in the middle --------------------------------------------------------------------------------------------


RESTARTING = Manner(patience=0.5, may_restart=lambda: True)


async def test_an_answer_that_breaks_begins_anew_where_that_is_wanted(
    places: Places, fake_provider: FakeProvider
) -> None:
    fake_provider.script(model="second", text="All of it.")
    fake_provider.script(model="first", text="one two three four", cut="mid_stream", clean=True)
    events = await places.ask(places.target("first"), places.target("second", priority=2), manner=RESTARTING)
    at = events.index(Restarted("broken"))
    assert text_of(events[:at]).startswith("one two")
    assert text_of(events[at:]) == "All of it."
    assert started(events)[-1] == ("second", "first", "broken")


async def test_with_no_other_place_what_was_written_is_kept(places: Places, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="one two three four", cut="mid_stream", clean=True)
    events: list[Event] = []

    async def read() -> None:
        async for event in places.stream(places.target("only"), manner=RESTARTING):
            events.append(event)

    with pytest.raises(errors.Broken):
        await read()
    assert not any(isinstance(event, Restarted) for event in events)


async def test_it_does_not_begin_anew_when_the_money_does_not_reach(
    places: Places, fake_provider: FakeProvider
) -> None:
    async def never() -> bool:
        return False

    fake_provider.script(model="first", text="one two three four", cut="mid_stream", clean=True)
    poor = replace(RESTARTING, can_afford=never)
    with pytest.raises(errors.Broken):
        await places.ask(places.target("first"), places.target("second", priority=2), manner=poor)
    assert places.requests == {"first": 1}


async def test_a_silent_place_frees_its_slot(places: Places, fake_provider: FakeProvider) -> None:
    fake_provider.script(hang="before_headers", times=1)
    only = places.target("only", max_parallel=1)
    with pytest.raises(errors.TimedOut):
        await places.ask(only, limits=QUICK)
    assert finish_of(await places.ask(only)) == "stop"


# --- What the vendors' headers say ------------------------------------------------------------------------------------


def headers_of(vendor: str, *, left: str, reset: str) -> dict[str, str]:
    form = "x-ratelimit-{}-tokens" if vendor == "openai" else "anthropic-ratelimit-tokens-{}"
    return {form.format("limit"): "10000", form.format("remaining"): left, form.format("reset"): reset}


@pytest.mark.parametrize(("reset", "seconds"), [("1s", 1.0), ("6m0s", 360.0), ("120ms", 0.12), ("7", 7.0), ("?", None)])
def test_openais_headers_are_read(reset: str, seconds: float | None) -> None:
    assert told_by(headers_of("openai", left="0", reset=reset)) == Told(None, 0, seconds)


def test_anthropics_headers_are_read() -> None:
    at = (datetime.now(UTC) + timedelta(seconds=30)).isoformat().replace("+00:00", "Z")
    told = told_by(headers_of("anthropic", left="500", reset=at))
    assert told is not None
    assert told.tokens_left == 500
    assert told.reset is not None
    assert 28 < told.reset <= 30


def test_plenty_and_silence_say_nothing() -> None:
    assert told_by(headers_of("openai", left="9000", reset="1s")) is None
    assert told_by({}) is None
