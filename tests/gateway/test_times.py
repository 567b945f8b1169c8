"""Who may be silent for how long: our own limits, and those of a place that has others."""

import time
from dataclasses import replace

import pytest

from playground.gateway.errors import TimedOut
from playground.gateway.types import Limits, Target
from tests.fake_provider import FakeProvider
from tests.gateway.asking import PATIENT, QUICK, ask, finish_of, text_of

# Long after a place's own limit, and long before PATIENT's.
SOON = 10.0


@pytest.mark.parametrize(
    ("rule", "own"),
    [
        ({"hang": "before_headers"}, {"first_byte": 0.3}),
        ({"hang": "mid_stream"}, {"idle": 0.3}),
        ({"text": "word " * 400, "rate": 5}, {"total": 1.0}),
    ],
)
async def test_a_place_that_has_less_time_is_given_up_early(
    rule: dict[str, object], own: dict[str, float], fake_provider: FakeProvider
) -> None:
    fake_provider.script(**rule)
    began = time.monotonic()
    with pytest.raises(TimedOut):
        await ask(replace(fake_provider.target(), **own), limits=PATIENT)  # type: ignore[arg-type]
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize("own", [{"first_byte": 20.0}, {"idle": 20.0}])
async def test_a_place_that_has_more_time_gets_it(own: dict[str, float], fake_provider: FakeProvider) -> None:
    rule = {"delay": QUICK.first_byte * 2} if "first_byte" in own else {"rate": 1 / (QUICK.idle * 2)}
    fake_provider.script(text="One two three", **rule)
    with pytest.raises(TimedOut):
        await ask(fake_provider.target(), limits=QUICK)
    events = await ask(replace(fake_provider.target(), **own), limits=QUICK)  # type: ignore[arg-type]
    assert (text_of(events), finish_of(events)) == ("One two three", "stop")


def test_nobody_gets_more_in_all_than_the_question_has_left() -> None:
    place = Target("a", "A", "openai", "a", first_byte=5, total=100)
    assert Limits(1, 2, 50).at(place, left=30) == Limits(5, 2, 30)
    assert Limits(1, 2, 50).at(replace(place, total=10), left=30) == Limits(5, 2, 10)
    assert Limits(1, 2, 50).at(replace(place, total=None, idle=7), left=50) == Limits(5, 7, 50)
