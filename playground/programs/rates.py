"""How often a key may ask: so many times a minute, counted for all web processes in Redis.

It keeps a loop that has gone wild from filling the queue. Money is guarded by the ledger, so when Redis is away nobody
is refused.
"""

import time
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
    limit, now = settings.API_REQUESTS_PER_MINUTE, int(time.time())
    resets_in = WINDOW - now % WINDOW
    rate = Rate(limit, max(limit - _counted(key, now // WINDOW), -1), resets_in)
    if rate.left < 0:
        message = f"This API key has asked {limit} times within a minute. Try again in {resets_in} s."
        headers = Rate(limit, 0, resets_in).headers
        raise TooFast(message, retry_after=resets_in, **{name.replace("-", "_"): headers[name] for name in headers})
    return rate


def _counted(key: ApiKey, minute: int) -> int:
    name = f"{settings.REDIS_KEY_PREFIX}:rate:{key.pk}:{minute}"
    try:
        pipe = redis_for_commands().pipeline(transaction=False)
        pipe.incr(name)
        pipe.expire(name, 2 * WINDOW)
        return int(pipe.execute()[0])
    except RedisError:
        return 0
