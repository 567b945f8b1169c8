"""Valkey or the broker goes away and comes back: nothing is lost, and nobody has to restart anything."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest

from accounts.models import User
from playground.catalog.models import Model
from playground.runs.models import Run, RunState
from playground.runs.sweep import send_again, sweep_runs
from playground.up.ports import free_port, wait_open
from playground.up.valkey import Valkey
from tests.fake_provider import FakeProvider
from tests.page import Page
from tests.runs.asking import Asker, Start, until_ended, until_text
from tests.sse import messages
from tests.stack import Stack

pytestmark = pytest.mark.django_db(transaction=True)


SEND = """
import sys, time, uuid, django
django.setup()
from playground.runs.sending import send
began = time.monotonic()
send(uuid.UUID(sys.argv[1]))
print(time.monotonic() - began)
"""


def send_from_elsewhere(run_id: UUID, environment: Mapping[str, str], *, seconds: float = 30.0) -> None:
    """Wake a worker by another broker, or another queue, than this process's own."""
    django = {"DJANGO_SETTINGS_MODULE": "playground.settings"}
    command = [sys.executable, "-c", SEND, str(run_id)]
    done = subprocess.run(command, env={**environment, **django}, capture_output=True, text=True, check=True)  # noqa: S603
    assert float(done.stdout) < seconds


class Streams:
    """A Valkey for event streams only, that can be killed and started empty."""

    def __init__(self, folder: Path) -> None:
        self.server = Valkey(folder, free_port(), "test")
        self.server.initialise()
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.server.command(), stdout=subprocess.DEVNULL)  # noqa: S603
        assert wait_open(self.server.port)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def streams(tmp_path: Path) -> Iterator[Streams]:
    streams = Streams(tmp_path / "streams")
    yield streams
    streams.kill()


@pytest.fixture
def own_stack(transactional_db: None, tmp_path: Path, streams: Streams) -> Iterator[Stack]:
    """A stack whose event streams have a server of their own, and whose worker has a queue of its own."""
    prefix = f"own-{streams.server.port}"
    stack = Stack(tmp_path, STREAM_REDIS_URL=streams.server.url, REDIS_KEY_PREFIX=prefix)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def asked(fake_provider: FakeProvider, make_model: Callable[..., Model], alice: User, ledger_is_true: None) -> Asker:
    return Asker(fake_provider, alice, make_model("served", base_url=f"{fake_provider.base_url}/v1"))


def test_a_stream_server_that_comes_back_empty_loses_no_text(
    own_stack: Stack, streams: Streams, asked: Asker, alice: User
) -> None:
    run = asked.slowly(240)
    send_from_elsewhere(run.pk, own_stack.environment)
    page = Page()
    with own_stack.get(f"/runs/{run.pk}/events/", alice) as response:
        stream = messages(response)
        page.apply(next(stream))
        streams.kill()
        until_text(run)
        streams.start()
        for message in stream:
            page.apply(message)
    assert until_ended(run).state == RunState.DONE
    afresh = Page()
    with own_stack.get(f"/runs/{run.pk}/events/", alice) as response:
        for message in messages(response):
            afresh.apply(message)
    assert page.parts == afresh.parts


@pytest.mark.usefixtures("no_worker")
def test_a_broker_that_is_away_loses_no_question_and_delays_nobody(start: Start) -> None:
    run = start()
    send_from_elsewhere(run.pk, os.environ | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}, seconds=10.0)
    assert Run.objects.get(pk=run.pk).state == RunState.QUEUED


@pytest.mark.usefixtures("no_worker")
def test_what_waits_too_long_is_sent_again(start: Start) -> None:
    run = start()
    Run.objects.filter(pk=run.pk).update(created_at="2026-01-01T00:00Z", sent_at=None)
    send_again()
    run.refresh_from_db()
    assert run.sent_at is not None


@pytest.mark.usefixtures("no_worker")
def test_what_nobody_takes_fails_and_costs_nothing(start: Start) -> None:
    run = start()
    Run.objects.filter(pk=run.pk).update(created_at="2026-01-01T00:00Z")
    sweep_runs()
    run.refresh_from_db()
    assert (run.state, run.error_code, run.cost) == (RunState.FAILED, "not_started", 0)
