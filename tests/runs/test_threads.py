"""A web process with few threads still answers while many streams are open."""

import threading

import pytest

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
    cancel_run(run)
    for thread in opened:
        thread.join()
    until_ended(run)
    assert [each[-1].event for each in seen] == ["end"] * 40
