"""What the wires have in common when they turn bodies into requests."""

from collections.abc import Iterable
from typing import cast

from playground.gateway.types import Effort, Part, Text, ToolResult, Turn
from playground.programs.errors import BadBody

# Vendors have more steps than the gateway knows.
EFFORTS = {"minimal": "low", "xhigh": "high", "max": "high"}


def effort(wanted: str | None) -> Effort | None:
    return cast("Effort | None", EFFORTS.get(wanted or "", wanted))


def content(parts: Iterable[Part]) -> str | tuple[Part, ...]:
    """A text alone stays a text; a text that says nothing is left out, as providers demand."""
    said = tuple(part for part in parts if not isinstance(part, Text) or part.text)
    if all(isinstance(part, Text) for part in said):
        return "".join(part.text for part in said if isinstance(part, Text))
    return said


def joined(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Results of functions that came apart are one turn: they answer one turn of calls."""
    made: list[Turn] = []
    for turn in turns:
        last = made[-1] if made else None
        if last and last.role == turn.role and is_result(last):
            made[-1] = Turn(turn.role, (*last.parts, *turn.parts))
        else:
            made.append(turn)
    return tuple(made)


def is_result(turn: Turn) -> bool:
    return any(isinstance(part, ToolResult) for part in turn.parts)


def require_question(turns: tuple[Turn, ...], param: str) -> None:
    if not any(turn.role == "user" for turn in turns):
        raise BadBody(f"{param} has to hold a message of role user.", param=param)
