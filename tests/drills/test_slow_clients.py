"""Clients that read a byte a second, and then nothing: they cost little, are let go, and harm nobody."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from playground.catalog.models import Model
from playground.gateway.types import ChatRequest, Turn
from playground.runs.models import Run
from playground.runs.start import start_run
from tests.bench.processes import memory_mb
from tests.drills.sockets import connections_at
from tests.fake_provider import FakeProvider
from tests.runs.test_walk import events_of, page_of
from tests.stack import Stack, session_of, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("drills")]

CLIENTS = 30
# What a client may cost while she takes nothing; the answer has five.
MOST_MB = 3
TEXT = " ".join(f"word{number}" for number in range(60))
# Five million characters: more than the kernel keeps for a client.
PIECES = ["long " * 1_000] * 1_000


@pytest.fixture
def brisk_stack(transactional_db: None, tmp_path: Path) -> Iterator[Stack]:
    """A stack that soon gives up on who takes nothing."""
    stack = Stack(tmp_path, WEB_SEND_SECONDS="3")
    try:
        stack.start_worker()
        stack.start_web()
        yield stack
    finally:
        stack.stop()


def slow_client(stack: Stack, run: Run, session: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", stack.port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    path, cookie = f"/runs/{run.pk}/events/", f"{settings.SESSION_COOKIE_NAME}={session}"
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    return client


def test_slow_clients_cost_little_and_are_let_go(
    brisk_stack: Stack,
    fake_provider: FakeProvider,
    make_model: Callable[..., Model],
    alice: User,
    ledger_is_true: None,
) -> None:
    stack, session = brisk_stack, session_of(alice)
    assert stack.web is not None
    fake_provider.script(pieces=PIECES, rate=200)
    fake_provider.script(marker="Short?", text=TEXT, rate=20)
    model = make_model("served", base_url=f"{fake_provider.base_url}/v1", max_output_tokens=1_000_000)

    def ask(question: str) -> Run:
        request = ChatRequest((Turn("user", question),), 1_000_000)
        return start_run(user=alice, source="chat", model=model, request=request)

    long = ask("Long?")
    with stack.get(f"/runs/{long.pk}/events/", session) as response:
        response.read(100)
        before = memory_mb([stack.web.pid])
    with ExitStack() as leaving:
        slow = [leaving.enter_context(slow_client(stack, long, session)) for _ in range(CLIENTS)]
        for _ in range(2):
            assert all(client.recv(1) for client in slow)
            time.sleep(1)
        assert len(connections_at(stack.port)) >= CLIENTS
        assert page_of(events_of(stack, ask("Short?"), session))["answer-open"] == TEXT
        assert memory_mb([stack.web.pid]) - before < CLIENTS * MOST_MB
        wait_until(lambda: not connections_at(stack.port), seconds=20, what="slow clients that are let go")
