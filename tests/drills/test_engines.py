"""An engine goes away under load and comes back: what was promised is kept, and nobody restarts anything."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from playground.runs.models import Run, RunState
from tests.drills.crowd import Crowd, Promise
from tests.drills.house import House
from tests.fake_provider import FakeProvider
from tests.page import Page
from tests.sse import messages
from tests.stack import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("drills")]

TEXT = " ".join(f"word{number}" for number in range(160))


def ask(crowd: Crowd, provider: FakeProvider, *, times: int, rate: float = 20) -> list[Promise]:
    provider.script(text=TEXT, rate=rate)
    return asyncio.run(crowd.chat(times))


def until_all_have_text(runs: list[Run]) -> None:
    waiting = Run.objects.filter(pk__in=[run.pk for run in runs], output="")
    wait_until(lambda: not waiting.exists(), seconds=20, what="text in every row")


def watched(house: House, run: Run, session: str) -> str:
    """What a page has shown when its stream has said that it ended."""
    page, last = Page(), None
    with house.get(f"/runs/{run.pk}/events/", session) as response:
        for last in messages(response):
            page.apply(last)
    assert last is not None
    assert last.event == "end"
    return page.parts["answer-open"]


def status(house: House, session: str) -> int:
    with house.get("/", session) as response:
        return response.status


def test_a_database_that_restarts_ends_no_stream(house: House, crowd: Crowd, fake_provider: FakeProvider) -> None:
    runs = [promise.run() for promise in ask(crowd, fake_provider, times=20)]
    with ThreadPoolExecutor(20) as threads:
        shown = [threads.submit(watched, house, run, crowd.cookie) for run in runs]
        until_all_have_text(runs)
        connection.close()
        house.postgres.stop()
        assert status(house, crowd.cookie) == 503
        time.sleep(3)
        house.postgres.start()
        wait_until(lambda: status(house, crowd.cookie) == 200, seconds=30, what="pages again")
        assert [each.result() for each in shown] == [TEXT] * 20
    house.until_quiet()
    assert set(Run.objects.values_list("state", "output")) == {(RunState.DONE, TEXT)}


def test_a_worker_that_dies_together_with_the_streams_leaves_its_last_checkpoint(
    house: House, crowd: Crowd, fake_provider: FakeProvider
) -> None:
    runs = [promise.run() for promise in ask(crowd, fake_provider, times=5)]
    until_all_have_text(runs)
    assert house.worker is not None
    house.worker.kill()
    house.streams.stop()
    saved = dict(Run.objects.values_list("pk", "output"))
    house.until_quiet()
    for run in Run.objects.all():
        assert (run.state, run.output, run.cost_is_estimated) == (RunState.INTERRUPTED, saved[run.pk], True)
    assert max(fake_provider.counts()["by_prompt"].values()) == 1


def test_messages_that_a_broker_has_lost_are_sent_again(
    house: House, crowd: Crowd, fake_provider: FakeProvider
) -> None:
    house.stop_worker()
    ask(crowd, fake_provider, times=5, rate=200)
    house.broker.stop()
    house.broker.start()
    second = house.start_sweeper()
    house.start_worker()
    house.until_quiet()
    second.kill()
    second.wait()
    assert set(Run.objects.values_list("state", "output")) == {(RunState.DONE, TEXT)}
    assert set(fake_provider.counts()["by_prompt"].values()) == {1}


def test_a_broker_that_is_away_stops_no_question_and_its_worker_comes_back_by_itself(
    house: House, crowd: Crowd, fake_provider: FakeProvider
) -> None:
    ask(crowd, fake_provider, times=3)
    house.broker.stop()
    ask(crowd, fake_provider, times=5, rate=200)
    house.broker.start()
    worker = house.worker
    house.until_quiet()
    assert worker is not None
    assert worker.poll() is None
    assert set(Run.objects.values_list("state", "output")) == {(RunState.DONE, TEXT)}
    assert set(fake_provider.counts()["by_prompt"].values()) == {1}
