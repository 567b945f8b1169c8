"""How many answers are being watched, over all web processes: each tells its own number while it has any."""

import os
import socket
import time

import redis
from django.conf import settings
from redis.asyncio import Redis

# A process that has not told its number for so long has gone, or nobody looks on there.
STALE_SECONDS = 15.0
_process = f"{socket.gethostname()}:{os.getpid()}"


def _key() -> str:
    return f"{settings.REDIS_KEY_PREFIX}:onlookers"


async def tell(client: Redis, count: int) -> None:
    """Called by the reader of a web process every few seconds."""
    pipe = client.pipeline(transaction=False)
    pipe.hset(_key(), _process, f"{count} {time.time()}")
    pipe.expire(_key(), int(STALE_SECONDS) * 4)
    await pipe.execute()


def all_told() -> int:
    """Raises RedisError when the streams' server does not answer."""
    with redis.Redis.from_url(
        settings.STREAM_REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=None, decode_responses=True
    ) as client:
        told: dict[str, str] = client.hgetall(_key())
    now = time.time()
    pairs = [entry.split(" ") for entry in told.values()]
    return sum(int(count) for count, at in pairs if now - float(at) < STALE_SECONDS)
