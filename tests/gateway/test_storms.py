"""Many questions at once while a provider dies, comes back, or says "too many"."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from playground.gateway import errors, router
from playground.gateway.limits_memory import MemoryLimiter
from playground.gateway.types import AttemptStarted, Delta, Event, Finish, Limits, Manner, Route, Target
from playground.up.ports import free_port, wait_open
from tests.fake_provider import FakeProvider
from tests.gateway.asking import question

PATIENT = Limits(first_byte=60, idle=60, total=300)


class Mortal(FakeProvider):
    """A provider that can be killed and come back at the same address."""

    def live(self) -> None:
        command = [sys.executable, "-m", "playground.demo.provider", "--port", str(self.port), "--scripted"]
        self.process = subprocess.Popen(command)  # noqa: S603
        assert wait_open(self.port)

    def die(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    provider = Mortal(free_port())
    provider.live()
    yield provider
    provider.die()


class Crowd:
    """Questions that share one limiter, as those of one process do."""

    def __init__(self, *targets: Target) -> None:
        self.route = Route(targets, "weighted", "line")
        self.limiter = MemoryLimiter()
        self.begun = asyncio.Semaphore(0)

    async def ask(self, number: int = 0) -> list[Event | errors.GatewayError]:
        """What came, with the error last if there was one."""
        events: list[Event | errors.GatewayError] = []
        manner = Manner(call=f"call-{number}", patience=60)
        stream = router.stream(self.route, question(), limits=PATIENT, manner=manner, limiter=self.limiter)
        try:
            async for event in stream:
                if isinstance(event, Delta) and not any(isinstance(one, Delta) for one in events):
                    self.begun.release()
                events.append(event)
        except errors.GatewayError as error:
            events.append(error)
        return events

    async def until_begun(self, number: int) -> None:
        async with asyncio.timeout(60):
            for _ in range(number):
                await self.begun.acquire()


def answered_by(events: list[Event | errors.GatewayError]) -> str:
    return [event for event in events if isinstance(event, AttemptStarted)][-1].target.key


async def test_of_two_places_one_dies_under_two_hundred_streams(fake_provider: FakeProvider, mortal: Mortal) -> None:
    one, two = mortal.target(key="mortal"), fake_provider.target(key="other")
    crowd = Crowd(one, two)
    for provider in (mortal, fake_provider):
        provider.script(text="word " * 100, rate=10)
    streams = [asyncio.create_task(crowd.ask(number)) for number in range(200)]
    await crowd.until_begun(200)
    mortal.die()
    fake_provider.reset()
    late = await asyncio.gather(*(crowd.ask(number) for number in range(200, 260)))
    assert all(isinstance(events[-1], Finish) for events in late), "one that had not begun saw an error"
    for events in await asyncio.gather(*streams):
        has_broken = isinstance(events[-1], errors.GatewayError)
        assert has_broken == (answered_by(events) == "mortal")
    fallbacks = [event for events in late for event in events if isinstance(event, AttemptStarted) and event.because]
    assert {(event.instead_of, event.because) for event in fallbacks} <= {
        (one.label, code) for code in ("unreachable", "broken")
    }

    mortal.live()
    async with asyncio.timeout(60):
        while not mortal.counts()["requests"]:
            assert isinstance((await crowd.ask())[-1], Finish)
            await asyncio.sleep(0.1)
    assert mortal.counts()["most_active"] == 1, "more than one tried it out"


async def test_a_storm_of_429_ends_for_all_without_a_herd(fake_provider: FakeProvider) -> None:
    crowd = Crowd(fake_provider.target())
    fake_provider.script(status=429, retry_after=0.5)
    began = time.monotonic()
    asking = [asyncio.create_task(crowd.ask(number)) for number in range(100)]
    await asyncio.sleep(2)
    in_the_storm = fake_provider.counts()["requests"]
    assert in_the_storm <= 100 + (time.monotonic() - began) * 20, "the first wave, and then the trials"
    fake_provider.reset()
    began = time.monotonic()
    answers = await asyncio.gather(*asking)
    seconds = time.monotonic() - began
    assert all(isinstance(events[-1], Finish) for events in answers)
    assert fake_provider.counts()["requests"] / max(seconds, 1) <= 25
