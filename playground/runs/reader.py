"""How a web process looks on: one reader for all of its open streams, one round trip each tick.

Without BLOCK, so that it needs one connection however many streams are open. Each onlooker gets what she lacks, merged
into one piece when she is slow; what may have been missed is read again from the stream, and a run that has ended is
read from its row.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import Error, connections
from redis import RedisError

from playground.runs import onlookers
from playground.runs.events import Piece, key_of, pieces_from
from playground.runs.models import LIVE_STATES, Run
from playground.runs.writer import redis_client

# How often a stream is read before its first words; then as often as the writer writes. With more streams less often,
# since a frame costs the same however much it brings, and not all at the same tick.
TICK, LONGEST_WAIT, WAIT_PER_STREAM = 0.04, 0.2, 0.00075
PAUSE_AFTER_FAILURE = 0.5
# A comment after so much silence keeps proxies from closing a stream, and shows us whose browser has gone.
HEARTBEAT_SECONDS = 15.0
# How often the rows behind all open streams are looked at: who may no longer look, and what ended unseen.
SECONDS_BETWEEN_LOOKS = 5.0
# Before every entry.
START = b"0"
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
        # Others have read on already: what she lacks is behind the reader.
        self.is_late = False
        self.last_woken = time.monotonic()
        self._wake: asyncio.Future[None] | None = None

    def give(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.waiting += len(piece.text) + len(piece.reasoning) + len(piece.calls)
        if self.waiting > MOST_WAITING:
            self.cut()
        self.wake()

    def cut(self) -> None:
        self.is_cut = True
        self.pieces.clear()
        self.wake()

    def end(self) -> None:
        """The row says that the run has ended, whatever the stream says."""
        self.has_ended = True
        self.wake()

    def wake(self) -> None:
        self.last_woken = time.monotonic()
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def take(self) -> list[Piece]:
        """What was given since the last time; nothing when it is time for a heartbeat.

        A future and no timeout of its own: the reader's one loop wakes those who have waited for long.
        """
        if not (self.pieces or self.is_cut or self.has_ended):
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        pieces, self.pieces, self.waiting = self.pieces, [], 0
        return pieces


class _Stream:
    """A run's event stream, and who looks on."""

    def __init__(self, run_id: UUID) -> None:
        self.key = key_of(run_id).encode()
        self.packed_key = _packed(self.key)
        # The last entry seen, and when to ask for the next ones.
        self.last = START
        self.due = 0.0
        self.onlookers: list[Onlooker] = []


class Reader:
    """One per event loop; it works only while somebody looks on."""

    def __init__(self) -> None:
        self._redis = redis_client()
        # For the one question of each tick.
        self._connection: Any = self._redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        self._streams: dict[UUID, _Stream] = {}
        self._by_key: dict[bytes, _Stream] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @contextmanager
    def look_on(self, run_id: UUID) -> Iterator[Onlooker]:
        onlooker = Onlooker(run_id)
        stream = self._streams.get(run_id)
        if stream is None:
            stream = self._streams[run_id] = _Stream(run_id)
            self._by_key[stream.key] = stream
        onlooker.is_late = stream.last != START
        stream.onlookers.append(onlooker)
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._look_at_rows())]
        try:
            yield onlooker
        finally:
            stream.onlookers.remove(onlooker)
            if not stream.onlookers:
                del self._streams[run_id], self._by_key[stream.key]

    async def catch_up(self, run_id: UUID) -> list[Piece]:
        """All that the stream holds now."""
        try:
            return pieces_from(await self._redis.xrange(key_of(run_id)))
        except (RedisError, OSError):
            return []

    async def _read(self) -> None:
        next_beat = 0.0
        while self._streams:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            try:
                await self._read_once(now)
            except (RedisError, OSError):
                await asyncio.sleep(PAUSE_AFTER_FAILURE)
            if now >= next_beat:
                next_beat = now + 1.0
                self._beat(now - HEARTBEAT_SECONDS)
        for task in self._tasks[1:]:
            task.cancel()
        self._tasks = []

    def _beat(self, before: float) -> None:
        for stream in self._streams.values():
            for onlooker in stream.onlookers:
                if onlooker.last_woken <= before:
                    onlooker.wake()

    async def _read_once(self, now: float) -> None:
        wait = min(LONGEST_WAIT, WAIT_PER_STREAM * len(self._streams))
        for key, entries in await self._ask([stream for stream in self._streams.values() if stream.due <= now]):
            stream = self._by_key.get(key)
            if stream is None:
                continue
            stream.last, stream.due = entries[-1][0], now + wait
            for piece in pieces_from((at, dict(zip(pairs[::2], pairs[1::2], strict=True))) for at, pairs in entries):
                for onlooker in stream.onlookers:
                    onlooker.give(piece)

    async def _ask(self, streams: Sequence[_Stream]) -> Iterable[tuple[bytes, Any]]:
        """One XREAD over all of them, packed here and taken as it comes: redis-py's way takes three times as long."""
        if not streams:
            return ()
        command = b"".join(
            (
                b"*%d\r\n$5\r\nXREAD\r\n$7\r\nSTREAMS\r\n" % (2 + 2 * len(streams)),
                *(stream.packed_key for stream in streams),
                *(_packed(stream.last) for stream in streams),
            )
        )
        await self._connection.send_packed_command(command, check_health=False)
        news = await self._connection.read_response()
        # A map in the protocol's third version, pairs in its second.
        return news.items() if isinstance(news, dict) else news or ()

    async def _look_at_rows(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            with suppress(RedisError, OSError):
                await onlookers.tell(self._redis, sum(len(stream.onlookers) for stream in self._streams.values()))
            try:
                rows = await _rows_of(list(self._streams))
            except Error:
                continue
            for run_id, state, is_active in rows:
                stream = self._streams.get(run_id)
                for onlooker in stream.onlookers if stream else ():
                    if not is_active:
                        onlooker.cut()
                    elif state not in LIVE_STATES:
                        onlooker.end()


def _packed(argument: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(argument), argument)


@sync_to_async(thread_sensitive=False)
def _rows_of(run_ids: list[UUID]) -> list[tuple[UUID, str, bool]]:
    """One query, for everybody; the connection goes back at once."""
    try:
        return list(Run.objects.filter(pk__in=run_ids).values_list("pk", "state", "user__is_active"))
    finally:
        connections.close_all()
