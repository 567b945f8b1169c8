"""As many programs are let in at once as a web process works on; the others wait in line."""

import asyncio
from threading import Barrier, Event, Lock
from typing import Any

from asgiref.sync import ThreadSensitiveContext

from playground.programs.turns import in_turn


class Room:
    """Whoever is in waits for a second one, who has to come, and a moment for a third one, who must not."""

    def __init__(self) -> None:
        self.lock, self.pair, self.third = Lock(), Barrier(2), Event()
        self.inside = 0

    def visit(self) -> None:
        with self.lock:
            self.inside += 1
            if self.inside > 2:
                self.third.set()
        self.pair.wait(timeout=60)
        self.third.wait(0.2)
        with self.lock:
            self.inside -= 1


async def test_two_of_eight_are_in_at_once(settings: Any) -> None:
    settings.WEB_THREADS = 2
    room = Room()

    async def one() -> None:
        async with ThreadSensitiveContext():
            await in_turn(room.visit)

    await asyncio.gather(*(one() for _ in range(8)))
    assert not room.third.is_set()


async def test_who_fails_gives_the_turn_back(settings: Any) -> None:
    settings.WEB_THREADS = 1
    answers = await asyncio.gather(*(in_turn(int, "no number") for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError] * 3
