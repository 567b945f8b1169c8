"""The limiter of one process: the twin of `limits_redis`, for tests and for when Redis is away."""

import math
import time
from collections import defaultdict
from dataclasses import dataclass, field

from playground.gateway import balance
from playground.gateway.health import WINDOW_SECONDS, Cooling
from playground.gateway.limits import (
    NEWEST,
    RAMP_PER_SECOND,
    RAMP_SECONDS,
    SEEN_SECONDS,
    Granted,
    Held,
    Result,
    Wish,
)
from playground.gateway.types import Target, Told

# Where nothing has ended yet: how long a call may take, for the guess at a wait.
USUAL_SECONDS = 10.0
MOST_TOLD_REST = 60.0
BATCH = 1e9


@dataclass
class Bucket:
    """Full at first, and filled all the time; `level` None is full."""

    level: float | None = None
    at: float = 0.0

    def now(self, now: float, *, size: float, rate: float) -> float:
        return size if self.level is None else min(size, self.level + (now - self.at) * rate)

    def set(self, now: float, level: float) -> None:
        self.level, self.at = level, now


@dataclass
class Place:
    """What is known of one target."""

    requests: Bucket = field(default_factory=Bucket)
    tokens: Bucket = field(default_factory=Bucket)
    open: set[str] = field(default_factory=set)
    cause: str = ""
    until: float = 0.0
    coolings: int = 0
    probe_until: float = 0.0
    ramp_until: float = 0.0
    window: float = 0.0
    failed: int = 0
    answered: int = 0
    first_token: float | None = None
    seconds: float | None = None

    def rests(self, now: float) -> bool:
        return bool(self.cause) and max(self.until, self.probe_until) > now

    def rest(self, now: float, cooling: Cooling) -> None:
        seconds = min(cooling.first * 2**self.coolings, cooling.most)
        self.coolings += 1
        self.cause, self.until, self.probe_until = cooling.cause, now + seconds, 0.0

    def recover(self, now: float) -> None:
        self.cause, self.until, self.probe_until, self.coolings = "", 0.0, 0.0, 0
        self.failed = self.answered = 0
        self.ramp_until = now + RAMP_SECONDS
        self.requests.set(now, 1.0 if self.requests.level is None else min(1.0, self.requests.level))

    def count(self, now: float, *, is_fine: bool) -> None:
        if now - self.window >= WINDOW_SECONDS:
            self.window, self.failed, self.answered = now, 0, 0
        self.failed += not is_fine
        self.answered += is_fine


@dataclass
class Line:
    """Who waits, in the order in which they go: batch work last, each party in turn, then by arrival."""

    scores: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    # Virtual time, of interactive and of batch work: where the line is, and where each party's last question stands.
    at: dict[bool, float] = field(default_factory=lambda: {False: 0.0, True: 0.0})
    finish: dict[tuple[bool, str], float] = field(default_factory=dict)
    arrivals: int = 0

    def ahead(self, now: float, ticket: str) -> int:
        for gone in [one for one, seen in self.seen.items() if now - seen > SEEN_SECONDS]:
            self.remove(gone)
        if ticket not in self.scores:
            return len(self.scores)
        self.seen[ticket] = now
        mine = (self.scores[ticket], ticket)
        return sum((score, one) < mine for one, score in self.scores.items())

    def join(self, now: float, wish: Wish) -> str:
        lane = wish.is_batch
        begins = max(self.at[lane], self.finish.get((lane, wish.party), 0.0))
        self.finish[lane, wish.party] = begins + 1
        self.arrivals += 1
        ticket = f"{self.arrivals:012d}:{wish.call}"
        self.scores[ticket] = begins + lane * BATCH
        self.seen[ticket] = now
        return ticket

    def go(self, ticket: str) -> None:
        score = self.scores.get(ticket)
        if score is not None:
            lane = score >= BATCH
            self.at[lane] = max(self.at[lane], score - lane * BATCH)
            self.remove(ticket)

    def remove(self, ticket: str) -> None:
        self.scores.pop(ticket, None)
        self.seen.pop(ticket, None)


class MemoryLimiter:
    def __init__(self) -> None:
        self._places: defaultdict[str, Place] = defaultdict(Place)
        self._lines: defaultdict[str, Line] = defaultdict(Line)

    async def take(self, wish: Wish) -> Granted | Held:
        now = time.monotonic()
        line = self._lines[wish.line]
        ahead = line.ahead(now, wish.ticket)
        rooms = [self._room(target, now, wish.tokens) for target in wish.targets]
        if sum(math.floor(room) for room in rooms if room < math.inf) > ahead or math.inf in rooms:
            return self._grant(
                wish, line, now, [each for each, room in zip(wish.targets, rooms, strict=True) if room >= 1]
            )
        ticket = wish.ticket if wish.ticket in line.scores else line.join(now, wish) if wish.waits else ""
        return self._held(wish, now, ahead, sum(rooms), ticket)

    def _grant(self, wish: Wish, line: Line, now: float, free: list[Target]) -> Granted:
        explores = balance.explores(wish.routing)

        def order(target: Target) -> tuple[int, float]:
            place = self._places[target.key]
            return target.priority, balance.rank(
                target, wish.routing, open_calls=len(place.open), first_token=place.first_token, explores=explores
            )

        target = min(free, key=order)
        place = self._places[target.key]
        size, rate = _requests(target, place, now)
        if size < math.inf:
            place.requests.set(now, place.requests.now(now, size=size, rate=rate) - 1)
        need = 0
        if limit := target.tokens_per_minute:
            need = min(wish.tokens, limit)
            place.tokens.set(now, place.tokens.now(now, size=limit, rate=limit / 60) - need)
        place.open.add(wish.call)
        is_probe = bool(place.cause)
        if is_probe:
            place.probe_until = now + wish.probe_seconds
        line.go(wish.ticket)
        return Granted(wish.call, target, need, is_probe, self._passed(wish, target, free, now))

    def _passed(self, wish: Wish, taken: Target, free: list[Target], now: float) -> str:
        before = [one for one in wish.targets if one.priority < taken.priority and one not in free]
        if not before:
            return ""
        place = self._places[min(before, key=lambda one: one.priority).key]
        return place.cause if place.rests(now) else "limits"

    def _room(self, target: Target, now: float, tokens: int) -> float:
        """For how many such calls there is room, in parts too."""
        place = self._places[target.key]
        if place.rests(now):
            return 0.0
        size, rate = _requests(target, place, now)
        room = math.inf if size == math.inf else place.requests.now(now, size=size, rate=rate)
        if limit := target.tokens_per_minute:
            level = place.tokens.now(now, size=limit, rate=limit / 60)
            room = min(room, level / max(min(tokens, limit), 1))
        if target.max_parallel is not None:
            room = min(room, target.max_parallel - len(place.open))
        return max(min(room, 1.0) if place.cause else room, 0.0)

    def _held(self, wish: Wish, now: float, ahead: int, room: float, ticket: str) -> Held:
        flow, rest, cause = 0.0, math.inf, "limits"
        for target in wish.targets:
            place = self._places[target.key]
            if place.rests(now):
                # Nobody knows when a probe is answered.
                left = place.until - now if place.until > now else 1.0
                if left < rest:
                    rest, cause = left, place.cause
                continue
            speeds = [_requests(target, place, now)[1]]
            if limit := target.tokens_per_minute:
                speeds.append(limit / 60 / max(min(wish.tokens, limit), 1))
            if target.max_parallel is not None:
                speeds.append(target.max_parallel / (place.seconds or USUAL_SECONDS))
            flow += min(speeds)
        if flow:
            cause = "limits"
        seconds = min((ahead + 1 - room) / flow if flow else math.inf, rest)
        return Held(max(seconds, 0.0), ahead, cause, ticket)

    async def begun(self, granted: Granted) -> None:
        self._places[granted.target.key].recover(time.monotonic())

    async def tell(self, target: Target, told: Told) -> None:
        place, now = self._places[target.key], time.monotonic()
        if 0 in {told.requests_left, told.tokens_left} and told.reset and not place.cause:
            place.cause, place.until = "rate_limited", now + min(told.reset, MOST_TOLD_REST)
        size, rate = _requests(target, place, now)
        if told.requests_left is not None and size < math.inf:
            place.requests.set(now, min(place.requests.now(now, size=size, rate=rate), told.requests_left))
        if told.tokens_left is not None and (limit := target.tokens_per_minute):
            level = place.tokens.now(now, size=limit, rate=limit / 60)
            place.tokens.set(now, min(level, told.tokens_left))

    async def give_back(self, granted: Granted, result: Result) -> None:
        place, now = self._places[granted.target.key], time.monotonic()
        place.open.discard(granted.call)
        if (limit := granted.target.tokens_per_minute) and result.used is not None:
            level = place.tokens.now(now, size=limit, rate=limit / 60)
            place.tokens.set(now, min(level + granted.tokens - result.used, limit))
        if result.is_fine is None:
            if granted.is_probe:
                place.probe_until = 0.0
            return
        place.count(now, is_fine=result.is_fine)
        if result.is_fine:
            place.seconds = _mean(place.seconds, result.seconds)
            if result.first_token is not None:
                place.first_token = _mean(place.first_token, result.first_token)
            if granted.is_probe and place.cause:
                place.recover(now)
        elif result.cooling:
            self._cool(place, result.cooling, now, is_probe=granted.is_probe)

    def _cool(self, place: Place, cooling: Cooling, now: float, *, is_probe: bool) -> None:
        if place.cause and not is_probe:
            # It rests already, and may have to for longer.
            if cooling.first == cooling.most:
                place.until = max(place.until, now + cooling.first)
        elif is_probe or cooling.failures == 1 or (place.failed >= cooling.failures and place.failed > place.answered):
            place.rest(now, cooling)

    async def leave(self, wish: Wish) -> None:
        self._lines[wish.line].remove(wish.ticket)


def _requests(target: Target, place: Place, now: float) -> tuple[float, float]:
    """The size of the bucket of requests and how many fill it a second; without end where there is no limit."""
    limit = target.requests_per_minute
    size, rate = (math.inf, math.inf) if limit is None else (float(limit), limit / 60)
    if place.ramp_until > now:
        return min(size, RAMP_PER_SECOND / 4), min(rate, RAMP_PER_SECOND)
    return size, rate


def _mean(before: float | None, newest: float) -> float:
    return newest if before is None else before + NEWEST * (newest - before)
