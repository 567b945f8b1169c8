"""The words of the gateway: what goes in, what streams out. Frozen values, no Django."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FinishReason = Literal["stop", "length", "content_filter", "refusal", "tool_calls"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text among other parts."""

    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as base64: nobody fetches an address on a caller's behalf."""

    media_type: str
    data: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function that the model wants called. `arguments` is JSON as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the caller's function gave for that call."""

    call_id: str
    content: str
    is_error: bool = False


Part = Text | Image | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as sent to a provider: a text, which most are, or parts in their order.

    Images and results are a user's parts, calls are an assistant's.
    """

    role: Literal["user", "assistant"]
    content: str | tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (Text(self.content),) if isinstance(self.content, str) else self.content

    @property
    def text(self) -> str:
        """Its words alone."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True)
class Function:
    """What a model may ask its caller to call. `parameters` is a JSON Schema of one object; `strict` binds to it."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    strict: bool = False


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Whether functions may be called: as the model likes, never, at least one, or the one that is named."""

    mode: Literal["auto", "none", "required", "named"] = "auto"
    name: str = ""
    parallel: bool = True


Effort = Literal["none", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked, in no provider's words.

    `max_output_tokens` is always set: admission has paid for exactly that many. `schema` is a JSON Schema that the
    answer has to follow. What is None is the provider's own default. `seed` and `effort` are wishes: a provider that
    does not know them answers without.
    """

    turns: tuple[Turn, ...]
    max_output_tokens: int
    system: str = ""
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    schema: dict[str, Any] | None = None
    top_p: float | None = None
    seed: int | None = None
    effort: Effort | None = None
    tools: tuple[Function, ...] = ()
    tool_choice: ToolChoice = ToolChoice()

    @property
    def images(self) -> int:
        return sum(isinstance(part, Image) for turn in self.turns for part in turn.parts)


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """Texts, or texts as token numbers, to be turned into vectors, all at once."""

    inputs: tuple[str | tuple[int, ...], ...]
    dimensions: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One place to ask: which adapter, where, with which key, under which name.

    `label` is what people read ("gpt-4o-mini at OpenAI"); `key` names the deployment in prices and attempts. `options`
    is what the kind needs beside address and key. The lowest `priority` goes first; within one, `weight` is its share.
    The three limits are ours, over all workers; None is no limit. `region` and `data_use` are for policies.
    `max_output_tokens` is the most that this model writes; 0 is not known. `first_byte`, `idle` and `total` are seconds
    as in Limits, where this place has its own.
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
    max_output_tokens: int = 0
    first_byte: float | None = None
    idle: float | None = None
    total: float | None = None


Routing = Literal["priority", "weighted", "least_busy", "fastest"]
Cause = Literal["outage", "rate", "context", "content"]


@dataclass(frozen=True, slots=True)
class Route:
    """The places that serve a model, and by cause those of other models that may answer instead.

    `routing` chooses among targets of one priority. `line` names the line in which questions wait for these targets.
    """

    targets: tuple[Target, ...]
    routing: Routing = "priority"
    line: str = ""
    fallbacks: Mapping[Cause, tuple[Target, ...]] = field(default_factory=dict, hash=False)


async def _always() -> bool:
    return True


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Manner:
    """How a question is asked, beside what and where.

    `call` names it in the limiter; `tokens` is what it may use. `party` shares a line fairly with the others; batch
    work goes after all the rest. `patience` is for the line, in seconds. `may_restart` is asked when an answer breaks
    off: whether it may begin anew at the next place. `can_afford` is asked before a call that follows one that has cost
    something.
    """

    call: str = "call"
    tokens: int = 0
    party: str = ""
    is_batch: bool = False
    patience: float = 60.0
    may_restart: Callable[[], bool] = _never
    can_afford: Callable[[], Awaitable[bool]] = _always


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to the first byte, between two events, and in all."""

    first_byte: float = 60.0
    idle: float = 90.0
    total: float = 1800.0

    def at(self, target: Target, *, left: float) -> "Limits":
        """Of one call there: its own where it has them, and never more in all than is `left` of the question's time."""
        return Limits(
            target.first_byte or self.first_byte, target.idle or self.idle, min(target.total or self.total, left)
        )


# --- Events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """Every place is at its limit or rests: in line, with so many ahead, for about so many seconds."""

    seconds: float
    ahead: int


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A provider call is about to leave. `instead_of` is the first place that should have answered, and `because` why
    it does not: an error's code, or "limits"; empty for the first place itself, and for its equals.
    """

    target: Target
    number: int
    instead_of: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """A provider call ended without an answer; the next target, or the run's failure, follows.

    One that the provider `was_accepted` may be on its bill.
    """

    target: Target
    number: int
    code: str
    was_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Restarted:
    """The answer so far counts no more: it begins anew at another place."""

    code: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider's headers say is left of its own limits, and the seconds until there is more."""

    requests_left: int | None = None
    tokens_left: int | None = None
    reset: float | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """The next piece of what the model says it thinks."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """The next piece of a function call. `index` tells the calls of one answer apart; `id` and `name` come first."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Vectors:
    """What an EmbeddingRequest brings: a vector for each input, each as little-endian 32-bit floats."""

    vectors: tuple[bytes, ...]


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
    """The provider said that the answer is complete, and why. A stream without one was cut.

    With `by_us` nobody said so: we stopped reading, and what the provider counts in the end is not known.
    """

    reason: FinishReason
    by_us: bool = False


Event = (
    Waiting
    | AttemptStarted
    | AttemptFailed
    | Restarted
    | Told
    | Delta
    | ReasoningDelta
    | ToolCallDelta
    | Vectors
    | Usage
    | Finish
)
