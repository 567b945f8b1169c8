"""How a question to a provider ended, as values."""

from dataclasses import dataclass, field

from playground.gateway.types import Target, ToolCall, Usage, Vectors


@dataclass(frozen=True)
class Charge:
    """What a call, or all of a run's, is charged."""

    usage: Usage
    price: dict[str, int]
    cost: int
    is_estimated: bool


@dataclass
class AttemptRecord:
    """One provider call, in seconds since the run began.

    One that failed and `was_accepted` may be on the provider's bill: with what it had counted by then, or at least with
    the bytes that were `received`.
    """

    target: Target
    number: int
    started: float
    first_token: float | None = None
    finished: float | None = None
    error_code: str = ""
    was_accepted: bool = False
    usage: Usage | None = None
    received: int = 0
    charge: Charge | None = None

    @property
    def may_be_billed(self) -> bool:
        return self.was_accepted or not self.error_code


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
    # What was written before the answer began anew.
    discarded: str = ""
    # Why another place than the first one answered, in a sentence.
    fallback_reason: str = ""
    seconds_in_line: float = 0.0
    # False when it is certain that no provider counts anything.
    is_billed: bool = True
