"""The way of one question along its route: where it may still go, and what has become of it so far."""

import asyncio
import random
from collections import Counter
from dataclasses import replace

from playground.gateway import errors
from playground.gateway.balance import in_order
from playground.gateway.errors import BadRequest, ContentRefused, GatewayError, RateLimited, TimedOut, Unreachable
from playground.gateway.limits import Granted, Held, RateLimiter, Wish
from playground.gateway.retry import cause_of, wait_before_retry
from playground.gateway.types import Cause, Manner, Route, Target

# A question that has failed so often is given up, whatever might still be tried.
MOST_ATTEMPTS = 8
# Between two looks at the line, for the first in it and for each that stands further back.
FIRST_LOOK, LATER_LOOK, LONGEST_LOOK = 0.1, 0.02, 1.0
# What a call that tries a place out may take beyond its first byte, before another one tries.
PROBE_GRACE = 5.0
# Another model's places come after all of the model's own, whatever their priorities.
BEHIND = 1000

BY_CODE: dict[str, type[GatewayError]] = {
    error.code: error for error in vars(errors).values() if isinstance(error, type) and issubclass(error, GatewayError)
}


class Way:
    """`next` gives the next place, or how long there is none; `failed` says what became of it."""

    def __init__(
        self, route: Route, manner: Manner, limiter: RateLimiter, *, seconds: float, first_byte: float
    ) -> None:
        self.number = 0
        self._route = route
        self._manner = manner
        self._limiter = limiter
        self._loop = asyncio.get_running_loop()
        self._ends_at = self._loop.time() + seconds
        self._targets = in_order(route.targets, route.routing)
        self._first: Target | None = None
        self._given_up: set[str] = set()
        self._retries: Counter[str] = Counter()
        self._again: tuple[Target, float] | None = None
        self._failure: GatewayError = Unreachable("a route without targets")
        self._may_be_billed = False
        self._waited = 0.0
        self._first_byte = first_byte
        self._wish = Wish(manner.call, ())

    @property
    def left(self) -> float:
        """Of its time in all, in seconds."""
        return self._ends_at - self._loop.time()

    async def next(self) -> Granted | Held:
        """Raises the last failure when there is nowhere left to go, or the wait would be too long."""
        if self._may_be_billed:
            self._may_be_billed = False
            if not await self._manner.can_afford():
                raise self._failure
        if self._again:
            target, wait = self._again
            self._again = None
            if wait < self.left:
                await asyncio.sleep(wait)
                answer = await self._take((target,))
                if isinstance(answer, Granted):
                    return answer
            self._given_up.add(target.key)
        while True:
            if not (open_targets := self._open()):
                raise self._failure
            if self.left <= 0:
                raise TimedOut("no time is left for another try")
            answer = await self._take(open_targets, waits=self._wish.waits)
            if isinstance(answer, Granted):
                return answer
            if self._fall_back("rate" if answer.cause in {"limits", RateLimited.code} else "outage"):
                continue
            if self._wish.waits:
                return answer
            self._refuse_to_wait_for_nothing(answer)
            self._wish = replace(self._wish, waits=True)

    async def wait(self, held: Held) -> None:
        """Stand in line until it is worth looking again."""
        self._refuse_to_wait_for_nothing(held)
        look = min(held.seconds, FIRST_LOOK + held.ahead * LATER_LOOK, LONGEST_LOOK)
        pause = max(look, FIRST_LOOK / 2) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads a herd, guards nothing
        self._waited += pause
        await asyncio.sleep(pause)

    def _refuse_to_wait_for_nothing(self, held: Held) -> None:
        patience = self._manner.patience - self._waited
        if patience <= 0 or (held.cause != "limits" and held.seconds > patience):
            raise BY_CODE.get(held.cause, RateLimited)("no place in time")

    async def _take(self, targets: tuple[Target, ...], *, waits: bool = False) -> Granted | Held:
        self._wish = replace(
            self._wish,
            call=f"{self._manner.call}.{self.number + 1}",
            targets=targets,
            tokens=self._manner.tokens,
            routing=self._route.routing,
            line=self._route.line,
            party=self._manner.party,
            is_batch=self._manner.is_batch,
            waits=waits,
            probe_seconds=max(target.first_byte or self._first_byte for target in targets) + PROBE_GRACE,
        )
        answer = await self._limiter.take(self._wish)
        if isinstance(answer, Held):
            self._wish = replace(self._wish, ticket=answer.ticket)
        else:
            self._wish = replace(self._wish, ticket="", waits=False)
            self.number += 1
            self._first = self._first or self._best()
        return answer

    async def leave(self) -> None:
        """Step out of the line, if it stands in one."""
        if self._wish.ticket:
            await self._limiter.leave(self._wish)

    def instead_of(self, granted: Granted) -> tuple[str, str]:
        """The place that should have answered and why it does not; nothing when it is that place, or its equal."""
        first = self._first or granted.target
        if self.number > 1 and granted.target.key != first.key:
            return first.label, self._failure.code
        return (first.label, granted.passed) if granted.passed else ("", "")

    def failed(self, target: Target, error: GatewayError, *, has_begun: bool, was_accepted: bool) -> None:
        """Raises the error when nothing can be tried any more."""
        self._failure = error
        self._may_be_billed = was_accepted
        if self._first is None or self.number == 1:
            self._first = target
        cause = cause_of(error)
        if cause is None or self.number >= MOST_ATTEMPTS:
            raise error
        others = [each for each in self._open() if each.key != target.key]
        if isinstance(error, BadRequest | ContentRefused):
            # The same question would be refused, or should be, wherever the same model is served.
            self._given_up.update(each.key for each in self._targets)
        elif has_begun:
            self._given_up.add(target.key)
        elif not isinstance(error, RateLimited):
            wait = wait_before_retry(error, retries=self._retries[target.key], may_fall_back=bool(others))
            self._retries[target.key] += 1
            if wait is None:
                self._given_up.add(target.key)
            else:
                self._again = target, wait
        if not self._open():
            self._fall_back(cause)
        if not self._open():
            raise error

    def _open(self) -> tuple[Target, ...]:
        return tuple(target for target in self._targets if target.key not in self._given_up)

    def _best(self) -> Target:
        return min(self._targets, key=lambda target: target.priority)

    def _fall_back(self, cause: Cause) -> bool:
        """Let other models' places answer too. False when that brings nobody new."""
        known = {target.key for target in self._targets}
        new = [target for target in self._route.fallbacks.get(cause, ()) if target.key not in known]
        behind = max((target.priority for target in self._targets), default=0) // BEHIND * BEHIND + BEHIND
        self._targets += tuple(replace(target, priority=target.priority + behind) for target in new)
        return bool(new)
