"""In which order the places of a route are tried."""

import random
from collections.abc import Iterable, Sequence
from itertools import groupby

from playground.gateway.types import Routing, Target

# Of the questions for the fastest place, so many try another one, or its time would never be known again.
EXPLORES = 0.05


def in_order(targets: Iterable[Target], routing: Routing) -> tuple[Target, ...]:
    """By priority; within one as they stand, or by chance and weight.

    Least busy and fastest are decided where the figures are, by the limiter: this order is what it does on a tie.
    """
    order: list[Target] = []
    for _priority, same in groupby(sorted(targets, key=lambda target: target.priority), lambda each: each.priority):
        group = list(same)
        order += group if routing == "priority" or len(group) == 1 else _shuffled(group)
    return tuple(order)


def _shuffled(targets: Sequence[Target]) -> list[Target]:
    """Each target comes first as often as its share of the weight."""
    return sorted(targets, key=lambda target: random.expovariate(target.weight))


def rank(target: Target, routing: Routing, *, open_calls: int, first_token: float | None, explores: bool) -> float:
    """The lowest goes first among free targets of one priority; an unknown speed is worth finding out."""
    if routing == "least_busy":
        return open_calls / target.weight
    if routing == "fastest" and not explores:
        return first_token or 0.0
    return 0.0


def explores(routing: Routing) -> bool:
    return routing == "fastest" and random.random() < EXPLORES  # noqa: S311 - guards nothing
