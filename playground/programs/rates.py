"""How often a key may ask: so many times a minute, counted for all web processes in Redis.

It keeps a loop that has gone wild from filling the queue. Money is guarded by the ledger, so when Redis is away nobody
is refused.
"""

from dataclasses import dataclass

from django.conf import settings
from redis import RedisError

from accounts.models import ApiKey
from playground.programs.errors import TooFast
from playground.runs.events import redis_for_commands

WINDOW = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """What is left of this minute."""

    limit: int
    left: int
    resets_in: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "x-ratelimit-limit-requests": str(self.limit),
            "x-ratelimit-remaining-requests": str(self.left),
            "x-ratelimit-reset-requests": f"{self.resets_in}s",
        }


def count_request(key: ApiKey) -> Rate:
    """Raises TooFast."""
    limit = settings.API_REQUESTS_PER_MINUTE
    count, resets_in = _counted(key)
    rate = Rate(limit, max(limit - count, 0), resets_in)
    if count > limit:
        message = f"This API key has asked {limit} times within a minute. Try again in {resets_in} s."
        headers = {name.replace("-", "_"): value for name, value in rate.headers.items()}
        raise TooFast(message, retry_after=resets_in, **headers)
    return rate


def _counted(key: ApiKey) -> tuple[int, int]:
    """How often it has asked in its minute, and how many seconds of that are left.

    The minute begins with the key's first request and not with the clock's: around the turn of a clock's minute twice
    as many would pass at once.
    """
    name = f"{settings.REDIS_KEY_PREFIX}:rate:{key.pk}"
    try:
        pipe = redis_for_commands().pipeline(transaction=True)
        pipe.set(name, 0, ex=WINDOW, nx=True)
        pipe.incr(name)
        pipe.ttl(name)
        _begun, count, left = pipe.execute()
    except RedisError:
        return 0, WINDOW
    return count, max(left, 1)
