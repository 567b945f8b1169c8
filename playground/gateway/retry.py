"""How long to wait before the same target is asked again, if at all."""

import random

from playground.gateway.errors import GatewayError, TimedOut, Transient

RETRIES = 2
FIRST_WAIT = 0.5
LONGEST_WAIT = 15.0


def wait_before_retry(error: GatewayError, *, retries: int, may_fall_back: bool) -> float | None:
    """Seconds, or None when another try is not worth its wait.

    With another target to ask, one quick try covers a connection that had gone stale in the pool; a provider that
    says when to come back is then not waited for. A silent provider is not asked again: the person has waited enough.
    """
    if not isinstance(error, Transient) or isinstance(error, TimedOut):
        return None
    if retries >= (1 if may_fall_back else RETRIES):
        return None
    jitter = random.uniform(0, FIRST_WAIT * 2**retries)  # noqa: S311 - spreads a herd, guards nothing
    if error.retry_after is None:
        return jitter
    return None if may_fall_back or error.retry_after > LONGEST_WAIT else error.retry_after + jitter
