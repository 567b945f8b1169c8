"""What Anthropic is told to remember, and that it says so in its count."""

from typing import Any

import pytest

from playground.gateway.types import Turn
from tests.fake_provider import FakeProvider
from tests.gateway.asking import ask, question, usage_of

MARK = {"cache_control": {"type": "ephemeral"}}
LONG = "Answer in the words of a patient librarian. " * 100
DIALOGUE = (Turn("user", LONG), Turn("assistant", "Yes."), Turn("user", "And then?"))


async def sent(fake_provider: FakeProvider, **asked: Any) -> dict[str, Any]:
    await ask(fake_provider.target("anthropic"), request=question(**asked))
    body: dict[str, Any] = fake_provider.counts()["last_body"]
    return body


async def test_a_long_instruction_is_remembered(fake_provider: FakeProvider) -> None:
    body = await sent(fake_provider, system=LONG)
    assert body["system"] == [{"type": "text", "text": LONG, **MARK}]
    assert body["messages"] == [{"role": "user", "content": "Hello"}]


async def test_a_dialogue_that_goes_on_is_remembered_to_its_end(fake_provider: FakeProvider) -> None:
    body = await sent(fake_provider, turns=DIALOGUE)
    assert body["messages"][-1] == {"role": "user", "content": [{"type": "text", "text": "And then?", **MARK}]}
    assert body["messages"][:-1] == [{"role": turn.role, "content": turn.content} for turn in DIALOGUE[:-1]]


@pytest.mark.parametrize(
    "asked", [{}, {"system": "Be kind."}, {"turns": DIALOGUE[:1]}, {"turns": (Turn("user", "a"),) * 3}]
)
async def test_what_is_short_or_new_is_not(fake_provider: FakeProvider, asked: dict[str, Any]) -> None:
    assert "cache_control" not in str(await sent(fake_provider, **asked))


async def test_what_was_remembered_is_counted(fake_provider: FakeProvider) -> None:
    events = await ask(fake_provider.target("anthropic"), request=question(turns=DIALOGUE))
    assert usage_of(events).cached_tokens > 0
