"""What a test wants to go wrong: rules, each for some of the requests."""

from dataclasses import dataclass, fields
from typing import Any

from playground.demo.provider.ask import Ask

CUTS = frozenset(
    {"before_headers", "after_headers", "mid_utf8", "mid_event", "mid_stream", "before_usage", "before_end"}
)
HANGS = frozenset({"before_headers", "after_headers", "mid_stream", "before_end"})


@dataclass(slots=True)
class Rule:
    """`marker` (a part of the prompt), `model` and `path` choose the requests; None chooses all.

    A rule holds for its first `times` requests, for ever without. Text comes at once unless `rate` (tokens a second)
    or `first_token` (seconds) say otherwise. `clean` ends a cut answer as a proxy would: properly, too early.
    """

    marker: str | None = None
    model: str | None = None
    path: str | None = None
    times: int | None = None
    # before the headers
    delay: float = 0
    status: int = 200
    retry_after: float | None = None
    headers: dict[str, str] | None = None
    error: dict[str, Any] | None = None
    # the answer
    text: str | None = None
    pieces: list[str] | None = None
    reasoning: str | None = None
    finish: str | None = None
    usage: bool = True
    ignore_max_tokens: bool = False
    # its pace
    first_token: float | None = None
    rate: float | None = None
    # what goes wrong with it
    cut: str | None = None
    hang: str | None = None
    clean: bool = False
    malform: str | None = None

    def matches(self, path: str, ask: Ask) -> bool:
        return (
            self.times != 0
            and (self.marker is None or self.marker in ask.everything)
            and self.model in {None, ask.model}
            and self.path in {None, path}
        )


def parse(given: object) -> Rule:
    """Raises ValueError for what no rule knows, so that a test with a typing error fails."""
    names = {field.name for field in fields(Rule)}
    if not isinstance(given, dict) or not set(given) <= names:
        raise ValueError(f"a rule knows only {', '.join(sorted(names))}")
    rule = Rule(**given)
    if rule.cut not in CUTS | {None} or rule.hang not in HANGS | {None}:
        raise ValueError(f"cut is one of {sorted(CUTS)}, hang one of {sorted(HANGS)}")
    return rule


class Script:
    """The rules, newest first: a test's last word counts."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, given: object) -> None:
        for one in given if isinstance(given, list) else [given]:
            self.rules.insert(0, parse(one))

    def rule_for(self, path: str, ask: Ask) -> Rule | None:
        for rule in self.rules:
            if rule.matches(path, ask):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None
