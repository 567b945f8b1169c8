"""When streams that flow are read again: all of an event loop's at once, seven to twenty times a second.

Nobody sees a token sooner than the writer of the event streams shows it, and to wake its reader for each alone costs
30 µs; read when it is shown, a handful costs hardly more than one. With many streams the beats are longer, so that a
busy worker spends less on each.
"""

import asyncio
from weakref import WeakKeyDictionary

SHORTEST = 0.05
LONGEST = 0.14
SECONDS_A_STREAM = 0.0007


class Pace:
    """One beat for all who wait; nothing ticks while nobody does."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._beat = asyncio.Event()
        self._waiting = 0
        self._before = 0

    async def wait(self) -> None:
        """Until the next beat. Those who began to wait first go on first."""
        if not self._waiting:
            self._loop.call_later(self.seconds, self._ring)
        self._waiting += 1
        await self._beat.wait()

    @property
    def seconds(self) -> float:
        """To the next beat, by how many streams the one before had."""
        return min(max(SHORTEST, self._before * SECONDS_A_STREAM), LONGEST)

    def _ring(self) -> None:
        beat, self._beat = self._beat, asyncio.Event()
        self._before, self._waiting = self._waiting, 0
        beat.set()


_paces: WeakKeyDictionary[asyncio.AbstractEventLoop, Pace] = WeakKeyDictionary()


def pace() -> Pace:
    """This loop's."""
    loop = asyncio.get_running_loop()
    if loop not in _paces:
        _paces[loop] = Pace()
    return _paces[loop]
