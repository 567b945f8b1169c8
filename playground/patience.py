"""How long a client that takes nothing is waited for.

What a browser does not take waits in this process. Onlookers are cut when too much waits for them; here the connection
itself is given up, which uvicorn never does. A page that was only asleep comes back and goes on where it was.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any

from django.conf import settings

Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Sending:
    """`send` with an eye on it: one timer for the whole answer, because a timer for each piece costs more than it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._since: float | None = None

    async def __call__(self, message: Mapping[str, Any]) -> None:
        self._since = self._loop.time()
        await self._send(message)
        self._since = None

    def __enter__(self) -> "Sending":
        self._look()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        patience = settings.WEB_SEND_SECONDS
        if self._since is not None and self._loop.time() - self._since > patience:
            _hang_up(self._send)
        self._timer = self._loop.call_later(patience / 2, self._look)


def _hang_up(send: Send) -> None:
    """ASGI has no word for it: the server's own `send` is a method of the object that has the connection."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
