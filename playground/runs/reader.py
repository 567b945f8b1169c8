"""How a web process looks on: one reader for all of its open streams, one round trip each tick.

Without BLOCK, so that it needs one connection however many streams are open. Each onlooker gets what she lacks, merged
into one piece when she is slow; what may have been missed is read again from the stream, and a run that has ended is
read from its row.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connections
from redis import RedisError

from playground.runs import onlookers
from playground.runs.events import Piece, key_of, pieces_from
from playground.runs.models import LIVE_STATES, Run
from playground.runs.writer import redis_client

TICK = 0.04
PAUSE_AFTER_FAILURE = 0.5
# How often the rows behind all open streams are looked at: who may no longer look, and what ended unseen.
SECONDS_BETWEEN_LOOKS = 5.0
# What may wait for an onlooker who does not read: characters. Beyond it she is cut, and resumes.
MOST_WAITING = 256_000


class Onlooker:
    """One open stream: what it was given and has not taken yet."""

    def __init__(self, run_id: UUID) -> None:
        self.run_id = run_id
        self.pieces: list[Piece] = []
        self.waiting = 0
        self.is_cut = False
        self.has_ended = False
        self._news = asyncio.Event()

    def give(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.waiting += len(piece.text) + len(piece.reasoning)
        if self.waiting > MOST_WAITING:
            self.cut()
        self._news.set()

    def cut(self) -> None:
        self.is_cut = True
        self.pieces.clear()
        self._news.set()

    def end(self) -> None:
        """The row says that the run has ended, whatever the stream says."""
        self.has_ended = True
        self._news.set()

    async def take(self, seconds: float) -> list[Piece]:
        """What was given since the last time; nothing when that took too long."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return []
        self._news.clear()
        pieces, self.pieces, self.waiting = self.pieces, [], 0
        return pieces


class Reader:
    """One per event loop; it works only while somebody looks on."""

    def __init__(self) -> None:
        self._redis = redis_client()
        self._onlookers: dict[UUID, list[Onlooker]] = {}
        # The last entry seen of every stream that is read; none until somebody has read up to there.
        self._last: dict[UUID, bytes] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @contextmanager
    def look_on(self, run_id: UUID) -> Iterator[Onlooker]:
        onlooker = Onlooker(run_id)
        self._onlookers.setdefault(run_id, []).append(onlooker)
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._look_at_rows())]
        try:
            yield onlooker
        finally:
            others = self._onlookers[run_id]
            others.remove(onlooker)
            if not others:
                del self._onlookers[run_id]
                self._last.pop(run_id, None)

    async def catch_up(self, run_id: UUID) -> list[Piece]:
        """All that the stream holds now; what follows is given to the onlookers."""
        try:
            entries: Any = await self._redis.xrange(key_of(run_id))
        except (RedisError, OSError):
            entries = []
        if run_id in self._onlookers:
            self._last.setdefault(run_id, entries[-1][0] if entries else b"0")
        return pieces_from(entries)

    async def _read(self) -> None:
        while self._onlookers:
            await asyncio.sleep(TICK)
            try:
                await self._read_once()
            except (RedisError, OSError):
                await asyncio.sleep(PAUSE_AFTER_FAILURE)
        for task in self._tasks[1:]:
            task.cancel()
        self._tasks = []

    async def _read_once(self) -> None:
        runs = {key_of(run_id).encode(): run_id for run_id in self._last}
        if not runs:
            return
        news: Any = await self._redis.xread({key: self._last[run_id] for key, run_id in runs.items()})
        for key, entries in news or ():
            run_id = runs[key]
            if run_id in self._last:
                self._last[run_id] = entries[-1][0]
                for piece in pieces_from(entries):
                    for onlooker in self._onlookers[run_id]:
                        onlooker.give(piece)

    async def _look_at_rows(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            with suppress(RedisError, OSError):
                await onlookers.tell(self._redis, sum(map(len, self._onlookers.values())))
            try:
                rows = await _rows_of(list(self._onlookers))
            except DatabaseError:
                continue
            for run_id, state, is_active in rows:
                for onlooker in self._onlookers.get(run_id, ()):
                    if not is_active:
                        onlooker.cut()
                    elif state not in LIVE_STATES:
                        onlooker.end()


@sync_to_async(thread_sensitive=False)
def _rows_of(run_ids: list[UUID]) -> list[tuple[UUID, str, bool]]:
    """One query, for everybody; the connection goes back at once."""
    try:
        return list(Run.objects.filter(pk__in=run_ids).values_list("pk", "state", "user__is_active"))
    finally:
        connections.close_all()
