"""Which places rest, since when and why. A place that fails rests, longer each time; then one call tries it out.

Rest is told to all workers through the limiter. What is wrong with a question never sends a place to rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from playground.gateway.errors import (
    BadRequest,
    ContentRefused,
    CredentialRejected,
    GatewayError,
    ModelMissing,
    RateLimited,
)

# Failures within this time are counted together.
WINDOW_SECONDS = 30.0
# So many failures, when they are more than the successes, send a place to rest.
FAILURES = 5
REST, LONGEST_REST = 5.0, 300.0
# Nothing but an admin mends a wrong key or a model that is gone, and she may do so at any time.
BROKEN_REST, LONGEST_BROKEN_REST = 300.0, 3600.0
# A provider that says "too many" without saying until when.
BUSY_REST, LONGEST_BUSY_REST = 2.0, 60.0


@dataclass(frozen=True, slots=True)
class Cooling:
    """How long a failure lets its place rest, in seconds: `first`, then twice as long each time, up to `most`.

    It takes so many `failures` within the window.
    """

    cause: str
    first: float
    most: float
    failures: int = 1


def cooling_for(error: GatewayError) -> Cooling | None:
    """None where the failure says nothing about the place."""
    if isinstance(error, BadRequest | ContentRefused):
        return None
    if isinstance(error, CredentialRejected | ModelMissing):
        return Cooling(error.code, BROKEN_REST, LONGEST_BROKEN_REST)
    if isinstance(error, RateLimited):
        if error.retry_after is not None:
            return Cooling(error.code, error.retry_after, error.retry_after)
        return Cooling(error.code, BUSY_REST, LONGEST_BUSY_REST)
    return Cooling(error.code, REST, LONGEST_REST, FAILURES)


@dataclass(frozen=True, slots=True)
class Health:
    """How one place does. It rests for `rests_for` more seconds because of `cause`, an error's code; empty is well.

    `open_calls` go on now; `first_token` is the running mean of the time to the first token; `failed` and `answered`
    count the last half minute's calls.
    """

    cause: str = ""
    rests_for: float = 0.0
    since: float = 0.0
    coolings: int = 0
    open_calls: int = 0
    first_token: float | None = None
    failed: int = 0
    answered: int = 0

    @property
    def needs_an_admin(self) -> bool:
        """Whether waiting does not help."""
        return self.cause in {CredentialRejected.code, ModelMissing.code}


def target_key(prefix: str, key: str) -> str:
    return f"{prefix}:target:{key}"


def report(redis_url: str, *, prefix: str, keys: Iterable[str]) -> dict[str, Health]:
    """The health of the targets of these keys, now, over all workers: for pages. Raises RedisError."""
    keys = list(keys)
    client = _client(redis_url)
    seconds, micros = client.time()
    now = seconds * 1000 + micros // 1000
    pipe = client.pipeline(transaction=False)
    for key in keys:
        pipe.hgetall(target_key(prefix, key))
        pipe.zcount(f"{target_key(prefix, key)}:open", now, "+inf")
    replies = iter(pipe.execute())
    return {key: _health(next(replies), next(replies), now) for key in keys}


def _health(state: dict[bytes, bytes], open_calls: int, now: int) -> Health:
    def number(name: bytes) -> float:
        return float(state.get(name) or 0)

    is_recent = now - number(b"window") < WINDOW_SECONDS * 1000
    return Health(
        cause=state.get(b"cause", b"").decode(),
        rests_for=max(number(b"until") - now, 0) / 1000 if state.get(b"cause") else 0.0,
        since=number(b"since") / 1000,
        coolings=int(number(b"coolings")),
        open_calls=open_calls,
        first_token=number(b"first_token") / 1000 if b"first_token" in state else None,
        failed=int(number(b"failed")) if is_recent else 0,
        answered=int(number(b"answered")) if is_recent else 0,
    )


@cache
def _client(redis_url: str) -> Redis:
    return Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
