"""How long to wait before the same target is asked again, if at all; and who may answer in its place."""

import random

from playground.gateway.errors import (
    BadRequest,
    ContentRefused,
    ContextTooLong,
    GatewayError,
    RateLimited,
    TimedOut,
    Transient,
)
from playground.gateway.types import Cause

RETRIES = 2
FIRST_WAIT = 0.5


def wait_before_retry(error: GatewayError, *, retries: int, may_fall_back: bool) -> float | None:
    """Seconds, or None when another try is not worth its wait.

    With another target to ask, one quick try covers a connection that had gone stale in the pool. A silent provider is
    not asked again: the person has waited enough. One that is too busy rests, and the question waits in line.
    """
    if not isinstance(error, Transient) or isinstance(error, TimedOut | RateLimited):
        return None
    if retries >= (1 if may_fall_back else RETRIES):
        return None
    return random.uniform(0, FIRST_WAIT * 2**retries)  # noqa: S311 - spreads a herd, guards nothing


def cause_of(error: GatewayError) -> Cause | None:
    """Why another model may answer instead; None where none could."""
    match error:
        case ContextTooLong():
            return "context"
        case ContentRefused():
            return "content"
        case BadRequest():
            return None
        case RateLimited():
            return "rate"
    return "outage"
