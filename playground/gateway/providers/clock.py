"""Ends a wait that takes too long."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from playground.gateway.errors import TimedOut

T = TypeVar("T")
NEVER = float("inf")


class Clock:
    """All the waits of one stream, under one timer.

    `asyncio.timeout` arms a timer for each wait, and must not be held open over a `yield`: it would cancel whoever
    consumes the stream. This one moves a number, and looks at it when its single timer rings.
    """

    def __init__(self, *, total: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + total
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = NEVER
        self._due = NEVER
        self._waiting: asyncio.Task[object] | None = None
        self._rang = False

    async def wait(self, awaitable: Awaitable[T], seconds: float) -> T:
        """The awaitable's result, or TimedOut after so many seconds or at the end of the stream's total."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        cancelling = task.cancelling()
        self._due = min(self._loop.time() + seconds, self._end)
        self._waiting = task
        if self._due < self._rings_at:
            self._set_timer()
        try:
            return await awaitable
        except asyncio.CancelledError:
            if self._rang and task.uncancel() <= cancelling:
                raise TimedOut from None
            raise
        finally:
            self._waiting = None

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self) -> None:
        self.stop()
        self._rings_at = self._due
        self._timer = self._loop.call_at(self._due, self._ring)

    def _ring(self) -> None:
        self._timer, self._rings_at = None, NEVER
        if self._waiting is None:
            return
        if self._loop.time() < self._due:
            self._set_timer()
        else:
            self._rang = True
            self._waiting.cancel()
