"""The limiter, twice: the one that all workers share, and its twin in one process, through the same tests."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from playground.gateway import health
from playground.gateway.errors import (
    BadRequest,
    CredentialRejected,
    GatewayError,
    Overloaded,
    RateLimited,
)
from playground.gateway.health import Cooling, cooling_for
from playground.gateway.limits import (
    LEASE_SECONDS,
    RAMP_PER_SECOND,
    SEEN_SECONDS,
    Granted,
    Held,
    RateLimiter,
    Result,
    Wish,
)
from playground.gateway.limits_memory import MemoryLimiter
from playground.gateway.limits_redis import RedisLimiter, connect
from playground.gateway.types import Routing, Target, Told

FINE = Result(is_fine=True)
STOPPED = Result(is_fine=None)


@pytest.fixture
async def shared() -> AsyncIterator[RedisLimiter]:
    redis = connect(os.environ["REDIS_URL"])
    yield RedisLimiter(redis, prefix=f"test-{uuid4()}")
    await redis.connection_pool.disconnect()


@pytest.fixture(params=["redis", "memory"])
async def limiter(request: pytest.FixtureRequest, shared: RedisLimiter) -> RateLimiter:
    return shared if request.param == "redis" else MemoryLimiter()


def place(key: str = "one", **limits: int) -> Target:
    return Target(key=key, label=key, kind="openai", model=key, **limits)  # type: ignore[arg-type]


def wish(*targets: Target, routing: Routing = "priority", **more: object) -> Wish:
    return Wish(call=str(uuid4()), targets=targets, routing=routing, line="line", **more)  # type: ignore[arg-type]


async def granted(limiter: RateLimiter, *targets: Target, **more: object) -> Granted:
    answer = await limiter.take(wish(*targets, **more))  # type: ignore[arg-type]
    assert isinstance(answer, Granted), answer
    return answer


async def held(limiter: RateLimiter, *targets: Target, **more: object) -> Held:
    answer = await limiter.take(wish(*targets, **more))  # type: ignore[arg-type]
    assert isinstance(answer, Held), answer
    return answer


def failed(error: GatewayError) -> Result:
    return Result(is_fine=False, cooling=cooling_for(error))


async def fail(limiter: RateLimiter, target: Target, cooling: Cooling) -> None:
    await limiter.give_back(await granted(limiter, target), Result(is_fine=False, cooling=cooling))


# What the shared limiter keeps of a target that is a moment.
MOMENTS = ("until", "since", "probe_until", "ramp_until", "window", "requests_at", "tokens_at")


async def later(limiter: RateLimiter, seconds: float) -> None:
    """As if so many seconds had passed: all that it knows is that much older. Nobody has to sleep, or to be quick."""
    if isinstance(limiter, RedisLimiter):
        await _age_shared(limiter._redis, limiter._prefix, seconds * 1000)
    elif isinstance(limiter, MemoryLimiter):
        _age_own(limiter, seconds)


async def _age_shared(redis: Redis, prefix: str, ms: float) -> None:
    async for key in redis.scan_iter(f"{prefix}:target:*", _type="hash"):
        for name in MOMENTS:
            if await redis.hexists(key, name):
                await redis.hincrbyfloat(key, name, -ms)
    for kind in ("open", "seen"):
        async for key in redis.scan_iter(f"{prefix}:*:{kind}"):
            async for member, _score in redis.zscan_iter(key):
                await redis.zincrby(key, -ms, member)


def _age_own(limiter: MemoryLimiter, seconds: float) -> None:
    for known in limiter._places.values():
        for name in ("until", "probe_until", "ramp_until", "window"):
            setattr(known, name, getattr(known, name) - seconds)
        for bucket in (known.requests, known.tokens):
            bucket.at -= seconds
    for line in limiter._lines.values():
        line.seen = {ticket: seen - seconds for ticket, seen in line.seen.items()}


# --- How much, how often, how many at once ----------------------------------------------------------------------------


async def test_a_place_without_limits_is_always_free(limiter: RateLimiter) -> None:
    for _ in range(50):
        assert (await granted(limiter, place())).target.key == "one"


async def test_it_lets_so_many_go_at_once(limiter: RateLimiter) -> None:
    target = place(max_parallel=2)
    first, _ = await granted(limiter, target), await granted(limiter, target)
    assert (await held(limiter, target)).cause == "limits"
    await limiter.give_back(first, FINE)
    await granted(limiter, target)


async def test_it_lets_so_many_go_a_minute(limiter: RateLimiter) -> None:
    answers = await asyncio.gather(*(limiter.take(wish(place(requests_per_minute=60))) for _ in range(100)))
    assert 60 <= sum(isinstance(answer, Granted) for answer in answers) < 70  # one more with every second


async def test_it_says_when_the_next_may_go(limiter: RateLimiter) -> None:
    target = place(requests_per_minute=6)
    await limiter.tell(target, Told(requests_left=0))
    assert 0 < (await held(limiter, target)).seconds <= 10
    await later(limiter, 10)
    await granted(limiter, target)


async def test_it_lets_so_many_tokens_go_a_minute(limiter: RateLimiter) -> None:
    target = place(tokens_per_minute=1000)
    await granted(limiter, target, tokens=600)
    assert 10 < (await held(limiter, target, tokens=600)).seconds < 13
    await granted(limiter, target, tokens=300)


async def test_tokens_are_corrected_after_the_answer(limiter: RateLimiter) -> None:
    target = place(tokens_per_minute=1000)
    call = await granted(limiter, target, tokens=900)
    await limiter.give_back(call, Result(is_fine=True, used=100))
    await granted(limiter, target, tokens=850)


async def test_one_that_needs_more_than_a_minute_gives_has_a_whole_minute(limiter: RateLimiter) -> None:
    assert (await granted(limiter, place(tokens_per_minute=1000), tokens=5000)).tokens == 1000


async def test_the_next_place_is_taken_when_the_first_is_full(limiter: RateLimiter) -> None:
    first, second = place("one", max_parallel=1), place("two", priority=2)
    assert [(await granted(limiter, first, second)).target.key for _ in range(2)] == ["one", "two"]


async def test_many_at_once_get_exactly_the_limit(limiter: RateLimiter) -> None:
    target = place(max_parallel=100)
    answers = await asyncio.gather(*(limiter.take(wish(target)) for _ in range(500)))
    assert sum(isinstance(answer, Granted) for answer in answers) == 100


async def test_a_providers_own_count_is_believed_where_it_is_lower(limiter: RateLimiter) -> None:
    target = place(requests_per_minute=60)
    await limiter.tell(target, Told(requests_left=1))
    await granted(limiter, target)
    assert (await held(limiter, target)).cause == "limits"


async def test_a_provider_with_nothing_left_rests_until_it_has(limiter: RateLimiter) -> None:
    await limiter.tell(place(), Told(tokens_left=0, reset=20))
    assert (await held(limiter, place())).cause == "rate_limited"
    await later(limiter, 20)
    await granted(limiter, place())


# --- The order --------------------------------------------------------------------------------------------------------


async def test_the_least_busy_goes_first_by_its_weight(limiter: RateLimiter) -> None:
    places = place("one", weight=3), place("two", weight=1)
    taken = [(await granted(limiter, *places, routing="least_busy")).target.key for _ in range(8)]
    assert (taken.count("one"), taken.count("two")) == (6, 2)


async def test_the_fastest_goes_first(limiter: RateLimiter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.gateway.balance.EXPLORES", 0)
    slow, quick = place("slow"), place("quick")
    for target, seconds in ((slow, 2.0), (quick, 0.2)):
        await limiter.give_back(await granted(limiter, target), Result(is_fine=True, first_token=seconds))
    assert {(await granted(limiter, slow, quick, routing="fastest")).target.key for _ in range(5)} == {"quick"}


async def test_a_higher_priority_goes_before_a_faster_or_freer_one(limiter: RateLimiter) -> None:
    first, second = place("one"), place("two", priority=2)
    assert {(await granted(limiter, second, first, routing="least_busy")).target.key for _ in range(5)} == {"one"}


# --- Rest and recovery ------------------------------------------------------------------------------------------------


async def test_a_place_rests_after_failures_and_one_call_tries_it_out(limiter: RateLimiter) -> None:
    await fail(limiter, place(), Cooling("overloaded", 20, 1000))
    assert (await held(limiter, place())).cause == "overloaded"
    await later(limiter, 20)
    probe = await granted(limiter, place())
    assert probe.is_probe
    assert (await held(limiter, place())).cause == "overloaded"
    await limiter.begun(probe)
    assert not (await granted(limiter, place())).is_probe


async def test_of_many_exactly_one_tries_it_out(limiter: RateLimiter) -> None:
    await fail(limiter, place(), Cooling("overloaded", 20, 1000))
    await later(limiter, 20)
    answers = await asyncio.gather(*(limiter.take(wish(place())) for _ in range(50)))
    assert sum(isinstance(answer, Granted) for answer in answers) == 1


async def test_a_trial_that_fails_doubles_the_rest(limiter: RateLimiter) -> None:
    for seconds in (100, 200, 300):
        await fail(limiter, place(), Cooling("overloaded", 100, 300))
        assert seconds - 50 < (await held(limiter, place())).seconds <= seconds
        await later(limiter, seconds)


async def test_a_trial_that_was_stopped_leaves_it_to_the_next(limiter: RateLimiter) -> None:
    await fail(limiter, place(), Cooling("overloaded", 20, 1000))
    await later(limiter, 20)
    await limiter.give_back(await granted(limiter, place()), STOPPED)
    assert (await granted(limiter, place())).is_probe


async def test_nobody_rushes_in_when_a_place_is_well_again(limiter: RateLimiter) -> None:
    await fail(limiter, place(), Cooling("overloaded", 20, 1000))
    await later(limiter, 20)
    probe, began = await granted(limiter, place()), time.monotonic()
    await limiter.begun(probe)
    answers = await asyncio.gather(*(limiter.take(wish(place())) for _ in range(50)))
    most = 1 + RAMP_PER_SECOND * (time.monotonic() - began)
    assert 1 <= sum(isinstance(answer, Granted) for answer in answers) <= min(most, 25)


async def test_failures_among_successes_are_let_pass(limiter: RateLimiter) -> None:
    for _ in range(6):
        await limiter.give_back(await granted(limiter, place()), FINE)
    for _ in range(5):
        await limiter.give_back(await granted(limiter, place()), failed(Overloaded()))
    await granted(limiter, place())


async def test_five_failures_in_a_row_are_enough(limiter: RateLimiter) -> None:
    for _ in range(health.FAILURES):
        await limiter.give_back(await granted(limiter, place()), failed(Overloaded()))
    assert (await held(limiter, place())).cause == "overloaded"


async def test_a_rejected_key_is_enough_at_once_and_for_long(limiter: RateLimiter) -> None:
    await limiter.give_back(await granted(limiter, place()), failed(CredentialRejected()))
    assert (await held(limiter, place())).seconds > 290


async def test_a_provider_that_says_when_rests_until_then(limiter: RateLimiter) -> None:
    await limiter.give_back(await granted(limiter, place()), failed(RateLimited(retry_after=7)))
    assert 6 < (await held(limiter, place())).seconds <= 7


async def test_a_wrong_question_sends_nobody_to_rest(limiter: RateLimiter) -> None:
    assert cooling_for(BadRequest()) is None
    for _ in range(20):
        await limiter.give_back(await granted(limiter, place()), Result(is_fine=False))
    await granted(limiter, place())


async def test_the_place_that_is_well_is_taken_while_the_other_rests(limiter: RateLimiter) -> None:
    await fail(limiter, place("one"), Cooling("overloaded", 10, 10))
    assert (await granted(limiter, place("one"), place("two"))).target.key == "two"


# --- The line ---------------------------------------------------------------------------------------------------------


class Queue:
    """Waiters before a place for one call at a time."""

    def __init__(self, limiter: RateLimiter) -> None:
        self.limiter = limiter
        self.place = place(max_parallel=1)
        self.waiting: dict[str, Wish] = {}

    async def begin(self) -> Granted:
        return await granted(self.limiter, self.place)

    async def join(self, name: str, party: str, *, is_batch: bool = False) -> Held:
        asked = wish(self.place, party=party, is_batch=is_batch, waits=True)
        answer = await self.limiter.take(asked)
        assert isinstance(answer, Held)
        self.waiting[name] = Wish(
            **{field: getattr(asked, field) for field in asked.__slots__} | {"ticket": answer.ticket}
        )
        return answer

    async def order(self, call: Granted) -> list[str]:
        """Who goes when each goes as soon as the one before has ended; they ask in the wrong order."""
        order = []
        while self.waiting:
            await self.limiter.give_back(call, FINE)
            for name in reversed(self.waiting):
                answer = await self.limiter.take(self.waiting[name])
                if isinstance(answer, Granted):
                    order.append(name)
                    call = answer
                    break
            else:
                raise AssertionError("nobody goes")
            del self.waiting[name]
        return order


async def test_who_came_first_goes_first(limiter: RateLimiter) -> None:
    queue = Queue(limiter)
    call = await queue.begin()
    ahead = [(await queue.join(name, "Sales")).ahead for name in "abc"]
    assert ahead == [0, 1, 2]
    assert await queue.order(call) == ["a", "b", "c"]


async def test_departments_take_turns_however_many_wait(limiter: RateLimiter) -> None:
    queue = Queue(limiter)
    call = await queue.begin()
    for name in ("s1", "s2", "s3"):
        await queue.join(name, "Sales")
    for name in ("m1", "m2"):
        await queue.join(name, "Marketing")
    assert await queue.order(call) == ["s1", "m1", "s2", "m2", "s3"]


async def test_a_department_that_comes_late_is_not_owed_the_past(limiter: RateLimiter) -> None:
    queue = Queue(limiter)
    call = await queue.begin()
    for name in ("s1", "s2", "s3", "s4"):
        await queue.join(name, "Sales")
    await limiter.give_back(call, FINE)
    calls = [await limiter.take(queue.waiting.pop("s1"))]
    assert isinstance(calls[0], Granted)
    for name in ("m1", "m2", "m3"):
        await queue.join(name, "Marketing")
    assert await queue.order(calls[0]) == ["m1", "s2", "m2", "s3", "m3", "s4"]


async def test_interactive_work_goes_before_batch(limiter: RateLimiter) -> None:
    queue = Queue(limiter)
    call = await queue.begin()
    await queue.join("batch", "Sales", is_batch=True)
    await queue.join("person", "Sales")
    assert await queue.order(call) == ["person", "batch"]


async def test_nobody_passes_the_line(limiter: RateLimiter) -> None:
    queue = Queue(limiter)
    call = await queue.begin()
    await queue.join("first", "Sales")
    await limiter.give_back(call, FINE)
    await held(limiter, queue.place)


async def test_who_leaves_holds_up_nobody(limiter: RateLimiter) -> None:
    queue = Queue(limiter)
    call = await queue.begin()
    await queue.join("first", "Sales")
    await limiter.leave(queue.waiting["first"])
    await limiter.give_back(call, FINE)
    await granted(limiter, queue.place)


async def test_who_has_died_holds_up_nobody_for_long(limiter: RateLimiter) -> None:
    queue = Queue(limiter)
    call = await queue.begin()
    await queue.join("dead", "Sales")
    await limiter.give_back(call, FINE)
    await later(limiter, SEEN_SECONDS + 1)
    await granted(limiter, queue.place)


# --- Of the shared one only -------------------------------------------------------------------------------------------


async def test_a_workers_calls_end_with_its_lease(shared: RedisLimiter) -> None:
    await granted(shared, place(max_parallel=1))
    shared._open.clear()  # it has died: nobody renews
    await held(shared, place(max_parallel=1))
    await later(shared, LEASE_SECONDS)
    await granted(shared, place(max_parallel=1))


async def test_a_long_call_keeps_its_place(shared: RedisLimiter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.gateway.limits_redis.LEASE_SECONDS", 3.0)
    call, key = await granted(shared, place(max_parallel=1)), shared._open_key(place())
    first = await shared._redis.zscore(key, call.call)
    async with asyncio.timeout(60):
        while await shared._redis.zscore(key, call.call) == first:  # noqa: ASYNC110 - it is Redis that tells
            await asyncio.sleep(0.05)
    await held(shared, place(max_parallel=1))
    await shared.give_back(call, FINE)


async def test_two_workers_share_one_limit(shared: RedisLimiter) -> None:
    other = RedisLimiter(shared._redis, prefix=shared._prefix)
    await granted(shared, place(max_parallel=1))
    await held(other, place(max_parallel=1))


async def test_without_redis_each_process_goes_on_by_itself() -> None:
    limiter = RedisLimiter(connect("redis://127.0.0.1:1"), prefix="away")
    call = await granted(limiter, place(max_parallel=1))
    await held(limiter, place(max_parallel=1))
    await limiter.give_back(call, FINE)
    await granted(limiter, place(max_parallel=1))


async def test_the_report_says_who_rests_and_why(shared: RedisLimiter) -> None:
    await shared.give_back(await granted(shared, place("one")), failed(CredentialRejected()))
    await granted(shared, place("two"))
    found = health.report(os.environ["REDIS_URL"], prefix=shared._prefix, keys=["one", "two", "three"])
    assert (found["one"].cause, found["one"].needs_an_admin, found["one"].failed) == ("credential_rejected", True, 1)
    assert 290 < found["one"].rests_for <= 300
    assert (found["two"].cause, found["two"].open_calls) == ("", 1)
    assert found["three"] == health.Health()
