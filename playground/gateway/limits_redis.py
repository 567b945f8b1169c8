"""The limiter that all workers share: each step is one function in Redis, so nobody sees half of another's.

Without Redis the process goes on with a limiter of its own: an answer within limits that are kept less exactly is
better than none.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path
from typing import Any

from redis import RedisError
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError

from playground.gateway import balance
from playground.gateway.health import WINDOW_SECONDS, target_key
from playground.gateway.limits import (
    LEASE_SECONDS,
    NEWEST,
    RAMP_PER_SECOND,
    RAMP_SECONDS,
    SEEN_SECONDS,
    Granted,
    Held,
    Result,
    Wish,
)
from playground.gateway.limits_memory import MOST_TOLD_REST, MemoryLimiter
from playground.gateway.types import Target, Told

SCRIPT = (Path(__file__).parent / "limits.lua").read_text()
SCRIPT_SHA = sha1(SCRIPT.encode()).hexdigest()  # noqa: S324 - Redis names scripts so
CONSTANTS = (RAMP_SECONDS, RAMP_PER_SECOND, WINDOW_SECONDS, NEWEST)
PAUSE_WHEN_AWAY = 2.0
NO_LIMIT = -1
# A burst of questions waits for one of these, and opens no connection each.
CONNECTIONS = 16

logger = logging.getLogger(__name__)


def connect(url: str) -> Redis:
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=5,
        socket_timeout=2,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 1),
    )
    return Redis(connection_pool=pool)


class RedisLimiter:
    """Lives in one event loop; `prefix` begins every key."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._own = MemoryLimiter()
        self._away_until = 0.0
        # The open calls that Redis knows of, with the key that holds each.
        self._open: dict[str, str] = {}
        self._renewing: asyncio.Task[None] | None = None

    async def take(self, wish: Wish) -> Granted | Held:
        reply = await self._ask("take", self._take_keys(wish), _take_values(wish))
        if reply is None:
            return await self._own.take(wish)
        if reply[0]:
            _, index, tokens, is_probe, passed = reply
            target = wish.targets[index - 1]
            self._keep(wish.call, self._open_key(target))
            return Granted(wish.call, target, tokens, bool(is_probe), passed.decode())
        _, seconds, ahead, cause, ticket = reply
        return Held(float(seconds), ahead, cause.decode(), ticket.decode())

    async def begun(self, granted: Granted) -> None:
        await self._own.begun(granted)
        await self._ask("begun", self._keys(granted.target), ())

    async def tell(self, target: Target, told: Told) -> None:
        left = [NO_LIMIT if number is None else number for number in (told.requests_left, told.tokens_left)]
        limits = _limit(target.requests_per_minute), _limit(target.tokens_per_minute)
        await self._ask("tell", self._keys(target), (*left, min(told.reset or 0, MOST_TOLD_REST), *limits))

    async def give_back(self, granted: Granted, result: Result) -> None:
        if self._open.pop(granted.call, None) is None:
            await self._own.give_back(granted, result)
        else:
            await self._ask("give_back", self._keys(granted.target), _result_values(granted, result))

    async def leave(self, wish: Wish) -> None:
        await self._own.leave(wish)
        if wish.ticket and time.monotonic() >= self._away_until:
            line, seen, _ = self._line_keys(wish.line)
            with contextlib.suppress(RedisError, OSError):
                pipe = self._redis.pipeline(transaction=False)
                pipe.zrem(line, wish.ticket)
                pipe.zrem(seen, wish.ticket)
                await pipe.execute()

    async def _ask(self, step: str, keys: Sequence[str], values: Sequence[Any]) -> Any:
        """The step's reply; None when Redis is away, which is not tried again for a while."""
        if time.monotonic() < self._away_until:
            return None
        arguments = (step, *CONSTANTS, *values)
        try:
            try:
                return await self._redis.evalsha(SCRIPT_SHA, len(keys), *keys, *arguments)
            except NoScriptError:
                await self._redis.script_load(SCRIPT)
                return await self._redis.evalsha(SCRIPT_SHA, len(keys), *keys, *arguments)
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + PAUSE_WHEN_AWAY
            logger.warning("Limits and rests are this process's own while Redis is away: %s", error)
            return None

    def _keep(self, call: str, key: str) -> None:
        self._open[call] = key
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        """Keep the leases of the open calls, until there are none."""
        while self._open:
            await asyncio.sleep(LEASE_SECONDS / 3)
            if self._open:
                await self._ask("renew", list(self._open.values()), (LEASE_SECONDS, *self._open))
        self._renewing = None

    def _open_key(self, target: Target) -> str:
        return f"{target_key(self._prefix, target.key)}:open"

    def _keys(self, target: Target) -> list[str]:
        return [target_key(self._prefix, target.key), self._open_key(target)]

    def _line_keys(self, line: str) -> list[str]:
        key = f"{self._prefix}:line:{line}"
        return [key, f"{key}:seen", f"{key}:times"]

    def _take_keys(self, wish: Wish) -> list[str]:
        return [*(key for target in wish.targets for key in self._keys(target)), *self._line_keys(wish.line)]


def _limit(limit: int | None) -> int:
    return NO_LIMIT if limit is None else limit


def _take_values(wish: Wish) -> list[Any]:
    values: list[Any] = [wish.call, wish.ticket, wish.party, int(wish.is_batch), int(wish.waits), wish.tokens]
    values += [wish.routing, int(balance.explores(wish.routing)), LEASE_SECONDS, wish.probe_seconds, SEEN_SECONDS]
    for target in wish.targets:
        limits = target.requests_per_minute, target.tokens_per_minute, target.max_parallel
        values += [target.priority, target.weight, *(_limit(limit) for limit in limits)]
    return values


def _result_values(granted: Granted, result: Result) -> list[Any]:
    cooling = result.cooling
    return [
        granted.call,
        granted.tokens,
        -1 if result.used is None else result.used,
        _limit(granted.target.tokens_per_minute),
        -1 if result.is_fine is None else int(result.is_fine),
        int(granted.is_probe),
        -1 if result.first_token is None else result.first_token,
        result.seconds,
        *((cooling.cause, cooling.first, cooling.most, cooling.failures) if cooling else ("", 0, 0, 0)),
    ]
