"""How a question to a provider ended, as values."""

from dataclasses import dataclass, field

from playground.gateway.types import Target, ToolCall, Usage, Vectors


@dataclass
class AttemptRecord:
    """One provider call, in seconds since the run began."""

    target: Target
    number: int
    started: float
    first_token: float | None = None
    finished: float | None = None
    error_code: str = ""


@dataclass
class Outcome:
    """How a run ended. `usage` is final only when the provider finished (`finish_reason`, and not `finished_by_us`)."""

    state: str
    text: str = ""
    reasoning: str = ""
    # Only of an answer that is whole: half a call is no use to anybody.
    calls: list[ToolCall] = field(default_factory=list)
    vectors: Vectors | None = None
    # How many characters of calls came, whole or not.
    unseen: int = 0
    finish_reason: str = ""
    finished_by_us: bool = False
    error_code: str = ""
    error_message: str = ""
    usage: Usage | None = None
    # Who answered, or was asked last.
    target: Target | None = None
    first_token: float | None = None
    attempts: list[AttemptRecord] = field(default_factory=list)
    # Calls that a provider accepted and ended without a word, and what it had counted by then.
    lost: list[tuple[Target, Usage | None]] = field(default_factory=list)
    # False when it is certain that no provider counts anything.
    is_billed: bool = True
