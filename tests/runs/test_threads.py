"""A web process with few threads still answers while many streams are open."""

import threading
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from playground.runs.start import cancel_run
from tests.runs.asking import Asker, until_ended, until_text
from tests.runs.test_walk import events_of
from tests.stack import Stack, session_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_more_streams_than_threads_leave_room_for_pages(stack: Stack, asked: Asker, alice: User) -> None:
    run = asked.slowly(300)
    session, seen = session_of(alice), []
    opened = [threading.Thread(target=lambda: seen.append(events_of(stack, run, session))) for _ in range(40)]
    for thread in opened:
        thread.start()
    until_text(run)
    with stack.get("/livez") as response:
        assert response.status == 200
    assert stack.web is not None
    working = len(list(Path(f"/proc/{stack.web.pid}/task").iterdir()))
    cancel_run(run)
    for thread in opened:
        thread.join()
    until_ended(run)
    assert [each[-1].event for each in seen] == ["end"] * 40
    assert working < settings.WEB_THREADS + 15  # those of requests, of the pool and of the server
