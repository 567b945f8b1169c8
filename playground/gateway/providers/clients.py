"""One client per place and credential, for as long as its event loop lives."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar, cast
from weakref import WeakKeyDictionary

from playground.gateway.types import Target


class Client(Protocol):
    async def close(self) -> None: ...


C = TypeVar("C", bound=Client)
# Never shortened: a replaced credential leaves one client behind, without connections, and is a rare event.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[object, ...], Client]] = WeakKeyDictionary()


def client_for(target: Target, make: Callable[[Target], C]) -> C:
    """This loop's client for the target's place and credential: a connection belongs to one loop and one key."""
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    key = (target.kind, target.base_url, target.credential, *sorted(target.options.items()))
    if key not in clients:
        clients[key] = make(target)
    return cast(C, clients[key])


async def close_clients() -> None:
    """Close what this loop has open; before the loop itself is closed."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.close()
