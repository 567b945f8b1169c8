"""Pacing for hundreds of streams under one timer: a timer each would cost more than their sending."""

import asyncio
from collections import defaultdict

TICK = 0.005


class Wheel:
    """Wakes all who wait for the same five milliseconds at once."""

    def __init__(self) -> None:
        self._slots: defaultdict[int, list[asyncio.Future[None]]] = defaultdict(list)
        self._last = 0
        self._timer: asyncio.TimerHandle | None = None

    async def until(self, when: float) -> None:
        loop = asyncio.get_running_loop()
        # Asked once: a clock that moved on between two looks would start the wheel beyond the slot that waits.
        slot, now = int(when / TICK), int(loop.time() / TICK)
        if slot <= now:
            return
        waiting = loop.create_future()
        self._slots[slot].append(waiting)
        if self._timer is None:
            self._last = now
            self._timer = loop.call_later(TICK, self._tick)
        await waiting

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = int(loop.time() / TICK)
        for slot in range(self._last + 1, now + 1):
            for waiting in self._slots.pop(slot, ()):
                if not waiting.done():
                    waiting.set_result(None)
        self._last = now
        self._timer = loop.call_later(TICK, self._tick) if self._slots else None
