"""Streams that flow are read together, and what came together is one event."""

import asyncio

import pytest

from playground.gateway import pace as pacing
from playground.gateway.errors import Broken
from playground.gateway.guard import Guard
from playground.gateway.pace import Pace, pace
from playground.gateway.providers.base import _read
from playground.gateway.providers.openai_compatible import Reading
from playground.gateway.providers.sse import Decoder
from playground.gateway.types import Delta, Event, ReasoningDelta

HI, HO, THOUGHT = (
    b'data: {"choices": [{"delta": {"content": "Hi"}}]}\n\n',
    b'data: {"choices": [{"delta": {"content": "Ho"}}]}\n\n',
    b'data: {"choices": [{"delta": {"reasoning": "Hm"}}]}\n\n',
)


async def test_all_who_wait_go_on_at_the_same_beat_in_their_order() -> None:
    beat, seen = Pace(), []

    async def stream(number: int) -> None:
        await beat.wait()
        seen.append(number)

    await asyncio.wait_for(asyncio.gather(*(stream(number) for number in range(50))), 10)
    assert seen == list(range(50))


async def test_one_who_is_stopped_takes_nobody_along() -> None:
    beat = Pace()
    stopped, other = asyncio.create_task(beat.wait()), asyncio.create_task(beat.wait())
    await asyncio.sleep(0)
    stopped.cancel()
    await asyncio.wait_for(other, 10)
    assert stopped.cancelled()


@pytest.mark.parametrize(("streams", "seconds"), [(1, 0.05), (70, 0.05), (100, 0.07), (1000, 0.14)])
async def test_a_beat_grows_with_the_streams(streams: int, seconds: float) -> None:
    beat = Pace()
    await asyncio.wait_for(asyncio.gather(*(beat.wait() for _ in range(streams))), 10)
    assert beat.seconds == pytest.approx(seconds)
    assert pacing.LONGEST < 0.15


async def test_a_loop_has_one_pace() -> None:
    assert pace() is pace()


def read(*chunks: bytes, most: int = 100) -> list[Event]:
    decoder, reading, guard = Decoder(), Reading(), Guard(most)
    return [event for chunk in chunks for event in _read(chunk, decoder, reading, guard)]


def test_text_that_came_at_once_is_one_event() -> None:
    assert read(HI + HO, HI) == [Delta("HiHo"), Delta("Hi")]
    assert read(THOUGHT + THOUGHT + HI) == [ReasoningDelta("HmHm"), Delta("Hi")]


def test_text_that_came_at_once_is_counted_by_its_pieces() -> None:
    assert read(HI + HO + HI, most=2) == [Delta("HiHo")]


def test_text_before_an_error_is_told() -> None:
    events = _read(HI + b"data: {\n\n", Decoder(), Reading(), Guard(9))
    assert next(events) == Delta("Hi")
    with pytest.raises(Broken):
        next(events)
