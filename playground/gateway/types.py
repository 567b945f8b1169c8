"""The words of the gateway: what goes in, what streams out. Frozen values, no behaviour, no Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FinishReason = Literal["stop", "length", "content_filter", "refusal"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as sent to a provider."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked, in no provider's words.

    `max_output_tokens` is always set: admission has paid for exactly that many. `schema` is a JSON Schema that the
    answer has to follow. `temperature` is None where the provider's own default is wanted.
    """

    turns: tuple[Turn, ...]
    max_output_tokens: int
    system: str = ""
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    schema: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One place to ask: which adapter, where, with which key, under which name.

    `label` is what people read ("gpt-4o-mini at OpenAI"); `key` names the deployment in prices and attempts. `options`
    is what the kind needs beside address and key. The lowest `priority` goes first; within one, `weight` is its share.
    The three limits are ours, over all workers; None is no limit. `region` and `data_use` are for policies.
    """

    key: str
    label: str
    kind: str
    model: str
    base_url: str = ""
    credential: str = field(default="", repr=False)
    provider: str = ""
    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    region: str = ""
    data_use: str = ""
    priority: int = 1
    weight: int = 1
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    max_parallel: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Targets in the order they are tried: the next one only before the first token."""

    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to the first byte, between two events, and in all."""

    first_byte: float = 60.0
    idle: float = 90.0
    total: float = 1800.0


# --- Events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A provider call is about to leave."""

    target: Target
    number: int


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """A provider call ended without an answer; the next target, or the run's failure, follows."""

    target: Target
    number: int
    code: str


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """The next piece of what the model says it thinks."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens used so far, in all. Cached and cache write tokens are parts of the input, reasoning tokens of the
    output.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """The provider said that the answer is complete, and why. A stream without one was cut."""

    reason: FinishReason


Event = AttemptStarted | AttemptFailed | Delta | ReasoningDelta | Usage | Finish
