"""Who may ask which place now: the limits of every place, shared by all workers, and the line before them.

A limiter answers one question in one step: here are the places that would do, which of them is free? It counts requests
and tokens a minute and calls at once, leaves alone what rests after failures (`health.py`), chooses by load or speed
where the model wants that (`balance.py`), and keeps the line. Two are the same to whoever asks: `limits_redis` is
shared, `limits_memory` is its twin in one process.

Requests and tokens are counted as vendors count them: a bucket that holds a minute's worth and fills all the time.
"""

from dataclasses import dataclass
from typing import Protocol

from playground.gateway.health import Cooling
from playground.gateway.types import Routing, Target, Told

# What no result tells within this time is over: its worker has died. Renewed while a call goes on.
LEASE_SECONDS = 30.0
# Who stands in line has to ask again within this time, or has gone.
SEEN_SECONDS = 6.0
# Once a place answers again it takes so many questions a second, and not all that have waited at once.
RAMP_SECONDS, RAMP_PER_SECOND = 10.0, 20.0
# The share of the newest answer in the running means of time.
NEWEST = 0.3


@dataclass(frozen=True, slots=True)
class Wish:
    """One call that wants to leave, to the first of `targets` that is free.

    `tokens` is what it may use; `ticket` its place in line, if it has one. With `waits` it joins the line.
    `probe_seconds` is how long one call may try out a place that failed before the next may.
    """

    call: str
    targets: tuple[Target, ...]
    tokens: int = 0
    routing: Routing = "priority"
    line: str = ""
    party: str = ""
    is_batch: bool = False
    waits: bool = False
    ticket: str = ""
    probe_seconds: float = 65.0


@dataclass(frozen=True, slots=True)
class Granted:
    """The call may leave. A probe tries out a place that failed; until it is answered nobody else is let there.

    `passed` is why none of a higher priority was taken, in the words of `Held.cause`.
    """

    call: str
    target: Target
    tokens: int
    is_probe: bool = False
    passed: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """No place is free for about so many seconds. `cause` is "limits", or the error's code after which places rest."""

    seconds: float
    ahead: int
    cause: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a call. `is_fine` None says nothing about the place: somebody pressed Stop.

    `used` are the tokens that it really took, None where that is not known.
    """

    is_fine: bool | None
    cooling: Cooling | None = None
    used: int | None = None
    first_token: float | None = None
    seconds: float = 0.0


class RateLimiter(Protocol):
    async def take(self, wish: Wish) -> Granted | Held:
        """A place for the call, or how long there is none."""

    async def begun(self, granted: Granted) -> None:
        """A probe was answered: the place is well again."""

    async def tell(self, target: Target, told: Told) -> None:
        """Believe the provider about its own limits where it knows of less than we do."""

    async def give_back(self, granted: Granted, result: Result) -> None:
        """The call is over: correct its tokens, and note how the place did."""

    async def leave(self, wish: Wish) -> None:
        """Step out of the line."""
