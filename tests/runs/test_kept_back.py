"""An answer that broke off before anybody saw a word of it is forgotten, or kept whole: never half of each."""

import asyncio
from functools import partial
from uuid import uuid4

import pytest

from playground.gateway import router
from playground.gateway.errors import GatewayError
from playground.gateway.types import Manner, Route
from playground.runs.answers import Answer
from playground.runs.asking import Asking
from playground.runs.models import OnBreak
from playground.runs.outcomes import Outcome
from playground.runs.routing import may_restart
from tests.fake_provider import FakeProvider
from tests.gateway.asking import PATIENT, question

TEXT = "One two three four five six."


def written(*, text: str = "", reasoning: str = "", is_out: bool) -> Answer:
    answer = Answer(uuid4(), 1)
    answer.text += [text] if text else []
    answer.reasoning += [reasoning] if reasoning else []
    if is_out:
        answer.mark_shown(answer.news())
    return answer


@pytest.mark.parametrize("places", [1, 2])
def test_what_nobody_saw_is_forgotten_only_where_another_place_answers(
    places: int, fake_provider: FakeProvider
) -> None:
    fake_provider.script(model="second", text="All of it.")
    fake_provider.script(model="first", text=TEXT, cut="mid_stream", clean=True)
    answer = Answer(uuid4(), 1)
    outcome = asyncio.run(_ask(answer, fake_provider, places))
    assert outcome.text == answer.output == answer.news().text
    if places == 1:
        assert outcome.state == "interrupted"
        assert TEXT.startswith(outcome.text)
        assert outcome.text
    else:
        assert (outcome.state, outcome.text, outcome.discarded) == ("done", "All of it.", "")


async def _ask(answer: Answer, provider: FakeProvider, places: int) -> Outcome:
    targets = tuple(provider.target(model=name, key=name) for name in ("first", "second")[:places])
    manner = Manner(may_restart=partial(may_restart, OnBreak.UNSEEN, answer))
    asking = Asking(answer, model="Quick")
    try:
        async for event in router.stream(Route(targets), question("Hi"), limits=PATIENT, manner=manner):
            asking.take(event)
            if answer.is_kept_back:
                assert not answer.has_news
        return asking.complete()
    except GatewayError as error:
        return asking.fail(error)
    finally:
        await router.close_clients()


@pytest.mark.parametrize(
    ("policy", "answer", "may"),
    [
        (OnBreak.KEEP, written(text="a", is_out=False), False),
        (OnBreak.RESTART, written(text="a", is_out=True), True),
        (OnBreak.UNSEEN, written(text="a", is_out=False), True),
        (OnBreak.UNSEEN, written(text="a", is_out=True), False),
        (OnBreak.UNSEEN, written(reasoning="a", is_out=True), False),
        (OnBreak.UNSAID, written(reasoning="a", is_out=True), True),
        (OnBreak.UNSAID, written(text="a", is_out=True), False),
    ],
)
def test_who_may_begin_anew(policy: str, answer: Answer, *, may: bool) -> None:
    assert may_restart(policy, answer) is may


def test_what_a_checkpoint_may_have_saved_is_out() -> None:
    answer = written(text="a", is_out=False)
    assert answer.let_out()
    assert not answer.keep_back()


def test_a_checkpoint_saves_nothing_that_is_kept_back() -> None:
    answer = written(text="a", is_out=False)
    before = answer.has_news
    assert answer.keep_back()
    assert (before, answer.has_news, answer.let_out()) == (True, False, False)
    answer.restart()
    assert (answer.output, answer.discarded, answer.restart_at) == ("", "", 0)
    assert answer.keep_back(), "what was forgotten was never out"


def test_thoughts_that_are_out_stay_and_those_that_are_not_go() -> None:
    shown, unseen = written(reasoning="hm", is_out=True), written(reasoning="hm", is_out=False)
    for answer in (shown, unseen):
        answer.keep_back(thoughts_are_shown=False)
        answer.restart()
    assert (shown.reasoning, unseen.reasoning) == (["hm"], [])
