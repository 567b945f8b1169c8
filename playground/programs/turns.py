"""How many programs are let in at once: as many as a web process works on. The others wait here, in line.

Each has a thread of its own, for it may wait long for a whole answer. If all of a rush asked the database at once, they
would wait for its few connections, where who waits too long is told that the service is away. And those who only ask
for the end of their answer would wait behind all who begin.
"""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.conf import settings

P = ParamSpec("P")
T = TypeVar("T")

_lines: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def in_turn(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`work` with the database, when it is its turn."""
    line = _lines.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(settings.WEB_THREADS))
    async with line:
        return await sync_to_async(work)(*args, **kwargs)
