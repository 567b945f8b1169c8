"""What a provider's headers say about its own limits. Both vendors say it in their own way; some say nothing."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from playground.gateway.types import Told

# With more left than this share nothing has to be known.
NEARLY_USED_UP = 0.05
KINDS = (
    ("x-ratelimit-{what}-requests", "x-ratelimit-{what}-tokens"),
    ("anthropic-ratelimit-requests-{what}", "anthropic-ratelimit-tokens-{what}"),
)
_span = re.compile(r"([\d.]+)(ms|h|m|s)")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def told_by(headers: Mapping[str, str]) -> Told | None:
    """What is nearly used up; None when there is plenty, or nothing is said."""
    for requests, tokens in KINDS:
        low = [_low(headers, name) for name in (requests, tokens)]
        if low != [None, None]:
            resets = [
                _seconds(headers.get(name.format(what="reset"), ""))
                for name, left in zip((requests, tokens), low, strict=True)
                if left is not None
            ]
            return Told(low[0], low[1], max((reset for reset in resets if reset is not None), default=None))
    return None


def _low(headers: Mapping[str, str], name: str) -> int | None:
    left, limit = _number(headers.get(name.format(what="remaining"))), _number(headers.get(name.format(what="limit")))
    return left if left is not None and left <= max((limit or 0) * NEARLY_USED_UP, 0) else None


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdigit() else None


def _seconds(value: str) -> float | None:
    """Of "6m0s" and "120ms", of seconds, and of the instants that Anthropic gives."""
    if parts := _span.findall(value):
        try:
            return float(sum(float(number) * SECONDS[unit] for number, unit in parts))
        except ValueError:
            return None
    try:
        return float(value)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return max((at - datetime.now(UTC)).total_seconds(), 0.0) if at.tzinfo else None
