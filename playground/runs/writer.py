"""The only writer of the event streams of this process's runs: every answer's news in one round trip each beat.

Only the first words of an answer are written between two beats: somebody waits for them. One writer for everything,
the end included, because a second one would overtake it. A failed round trip is built anew (redis-py empties a pipeline
that failed), and since the server may have come back empty, each answer then goes out whole; the entry ids make that
harmless when it did not.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from redis import RedisError, ResponseError
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from playground.gateway.pace import pace
from playground.runs.answers import Answer, News
from playground.runs.events import (
    CALLS,
    END_ID,
    LENGTH,
    LONGEST_STREAM,
    REASONING,
    RESTART,
    SECONDS_AFTER_END,
    SECONDS_WHILE_RUNNING,
    STATE,
    STATUS,
    TEXT,
    key_of,
    status_id,
)

PAUSE_AFTER_FAILURE = 0.25

logger = logging.getLogger(__name__)


def redis_client() -> Redis:
    return Redis.from_url(
        settings.STREAM_REDIS_URL, socket_timeout=5, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """What was put into a pipeline for one answer: how far it goes, and by how many commands."""

    news: News
    commands: int
    is_last: bool


class Writer:
    """Lives in the loop; `answers` are those of the runs that this process is writing."""

    def __init__(self) -> None:
        self.answers: dict[UUID, Answer] = {}
        self._redis = redis_client()
        self._failing = False
        self._hurried = asyncio.Event()
        self._turn = asyncio.Lock()

    def hurry(self) -> None:
        """An answer has said its first words."""
        self._hurried.set()

    async def run(self) -> None:
        await asyncio.gather(self._write_each_beat(), self._write_first_words())

    async def _write_each_beat(self) -> None:
        beat = pace()
        while True:
            await beat.wait()
            await asyncio.sleep(0)  # let all who are read at this beat go first
            await self._write(lambda answer: answer.has_news or bool(answer.end_state))

    async def _write_first_words(self) -> None:
        while True:
            await self._hurried.wait()
            self._hurried.clear()
            await self._write(lambda answer: answer.is_first and answer.has_news)

    async def _write(self, is_due: Callable[[Answer], bool]) -> None:
        async with self._turn:  # what is in one round trip must not be in another, which may overtake it
            if batch := [answer for answer in self.answers.values() if is_due(answer)]:
                await self._send(batch)

    async def _send(self, batch: list[Answer]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        entries = [self._add(pipe, answer) for answer in batch]
        try:
            replies = iter(await pipe.execute(raise_on_error=False))
        except (RedisError, OSError) as error:
            await self._fail(batch, error)
            return
        refused: object = None
        for answer, entry in zip(batch, entries, strict=True):
            wrong = [reply for reply in (next(replies) for _ in range(entry.commands)) if _is_refusal(reply)]
            if wrong:
                refused = wrong[0]
                answer.show_again()
                continue
            answer.mark_shown(entry.news)
            if entry.is_last:
                self._close(answer)
        if refused is not None:
            await self._fail([], refused)
        elif self._failing:
            self._failing = False
            logger.warning("Event streams can be written again")

    def _add(self, pipe: Pipeline, answer: Answer) -> "_Entry":
        """Put the answer's news, and its end, into the pipeline."""
        key, first, before = key_of(answer.run_id), answer.is_first, len(pipe)
        news = answer.news()
        if status := answer.new_status():
            pipe.execute_command("XADD", key, status_id(answer.statuses), STATUS, status)
            pipe.execute_command("EXPIRE", key, SECONDS_WHILE_RUNNING)
        said = ((TEXT, news.text), (REASONING, news.reasoning), (CALLS, news.calls))
        if fields := [part for name, value in said if value for part in (name, value)]:
            fields += [RESTART, str(answer.restart_at)] if answer.restart_at else []
            pipe.execute_command("XADD", key, "MAXLEN", "~", LONGEST_STREAM, str(news.at), *fields)
            if first:
                pipe.execute_command("EXPIRE", key, SECONDS_WHILE_RUNNING)
        if answer.end_state:
            pipe.execute_command("XADD", key, END_ID, STATE, answer.end_state, LENGTH, str(news.at))
            pipe.execute_command("EXPIRE", key, SECONDS_AFTER_END)
        return _Entry(news, len(pipe) - before, is_last=bool(answer.end_state))

    def _close(self, answer: Answer) -> None:
        self.answers.pop(answer.run_id, None)
        if answer.shown is not None and not answer.shown.done():
            answer.shown.set_result(None)

    async def _fail(self, batch: list[Answer], error: object) -> None:
        for answer in batch:
            answer.show_again()
        if not self._failing:
            self._failing = True
            logger.warning("Event streams cannot be written, answers go on in the database: %s", error)
        await asyncio.sleep(PAUSE_AFTER_FAILURE)


def _is_refusal(reply: object) -> bool:
    """Whether an entry was not taken. "Equal or smaller" means that it is there already."""
    return isinstance(reply, ResponseError) and "equal or smaller" not in str(reply)
