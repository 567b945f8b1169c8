"""Where a worker process streams: one event loop in one thread, for all of its runs.

A Celery thread hands over a coroutine and waits for it, which costs nothing; the loop holds the provider connections,
the writer of the event streams and the listener for Stop. A second thread keeps the checkpoints.
"""

import asyncio
import logging
import sys
import threading
from collections.abc import Coroutine
from typing import TypeVar
from uuid import UUID

import uvloop
from celery.signals import worker_shutting_down
from django.conf import settings
from django.db import Error, connection
from redis import RedisError

from playground.runs import checkpoints
from playground.runs.answers import Answer
from playground.runs.events import cancel_channel
from playground.runs.models import RunState
from playground.runs.writer import Writer, redis_client

T = TypeVar("T")

LOST = "lost"
# How long the end of an answer may take to reach its stream before the task goes on; readers look at the row as well.
SECONDS_FOR_THE_END = 5.0

logger = logging.getLogger(__name__)


class StreamLoop:
    """One per process, made by the first run."""

    def __init__(self) -> None:
        # Hundreds of threads wait for this one; let it have the interpreter soon.
        sys.setswitchinterval(0.001)
        self._loop = uvloop.new_event_loop()
        self._writer = Writer()
        self._background: list[asyncio.Task[None]] = []
        threading.Thread(target=self._main, name="stream-loop", daemon=True).start()
        threading.Thread(target=self._keep_checkpoints, name="checkpoints", daemon=True).start()

    def run(self, answer: Answer, work: Coroutine[None, None, T]) -> T:
        """Do `work` in the loop while its answer is shown, saved and can be stopped; block until it is done."""
        return asyncio.run_coroutine_threadsafe(self._run(answer, work), self._loop).result()

    async def _run(self, answer: Answer, work: Coroutine[None, None, T]) -> T:
        answer.task = asyncio.current_task()
        answer.begins = self._writer.hurry
        self._writer.answers[answer.run_id] = answer
        return await work

    def end(self, answer: Answer, state: str) -> None:
        """Close the answer's stream after everything it said, once the row says how it ended."""
        done = asyncio.run_coroutine_threadsafe(self._end(answer, state), self._loop)
        try:
            done.result(timeout=SECONDS_FOR_THE_END)
        except TimeoutError:
            logger.warning("The end of run %s is not in its event stream yet", answer.run_id)

    async def _end(self, answer: Answer, state: str) -> None:
        self._writer.answers[answer.run_id] = answer  # one that nobody could be asked for is not there yet
        answer.shown = self._loop.create_future()
        answer.end_state = state
        await answer.shown

    def forget(self, answer: Answer) -> None:
        """Somebody else ended the run: write nothing more."""
        self._loop.call_soon_threadsafe(self._writer.answers.pop, answer.run_id, None)

    def drain(self, seconds: float) -> None:
        """Let the answers end by themselves for so long, then interrupt the rest."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._interrupt_all)

    def close(self, work: Coroutine[None, None, None]) -> None:
        """Do the last thing in the loop, when no answer is written any more."""
        try:
            asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=SECONDS_FOR_THE_END)
        except TimeoutError:
            logger.warning("Not every connection to a provider could be closed in time")

    def _interrupt_all(self) -> None:
        for answer in list(self._writer.answers.values()):
            answer.stop(RunState.INTERRUPTED)

    def _stop(self, run_id: UUID, why: str) -> None:
        if answer := self._writer.answers.get(run_id):
            answer.stop(why)

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._background = [
            self._loop.create_task(self._writer.run()),
            self._loop.create_task(self._listen_for_stop()),
        ]
        self._loop.run_forever()

    async def _listen_for_stop(self) -> None:
        while True:
            try:
                async with redis_client() as redis, redis.pubsub() as pubsub:
                    await pubsub.subscribe(cancel_channel())
                    while True:
                        message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=2.0)
                        if message:
                            self._stop(UUID(message["data"].decode()), RunState.CANCELLED)
            except (RedisError, OSError):
                await asyncio.sleep(1.0)

    def _keep_checkpoints(self) -> None:
        wait = threading.Event().wait
        while not wait(checkpoints.SECONDS_BETWEEN):
            answers = [answer for answer in list(self._writer.answers.values()) if not answer.end_state]
            if not answers:
                continue
            try:
                verdict = checkpoints.save(answers)
            except Error as error:
                logger.warning("No checkpoint was written: %s", error)
                continue
            finally:
                connection.close()
            for run_id in verdict.cancelled:
                self._loop.call_soon_threadsafe(self._stop, run_id, RunState.CANCELLED)
            for run_id in verdict.lost:
                self._loop.call_soon_threadsafe(self._stop, run_id, LOST)


_made: list[StreamLoop] = []
_making = threading.Lock()


def stream_loop() -> StreamLoop:
    """This process's loop."""
    with _making:
        if not _made:
            _made.append(StreamLoop())
        return _made[0]


def made_loop() -> StreamLoop | None:
    """This process's loop, if a run has needed one."""
    return _made[0] if _made else None


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def drain(**_: object) -> None:
    for loop in _made:
        loop.drain(settings.RUN_DRAIN_SECONDS)
