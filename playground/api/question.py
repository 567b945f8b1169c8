"""What a wire is, and what it reads from a body, in our words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest

from playground.programs.errors import ApiError
from playground.runs.events import Piece
from playground.runs.models import Run
from playground.runs.requests import Request


class Writer(Protocol):
    """One answer in a vendor's format: whole, or as the frames of a stream."""

    def whole(self, run: Run) -> dict[str, Any]: ...
    def first(self) -> str: ...
    def piece(self, piece: Piece) -> str: ...
    def last(self, run: Run) -> str: ...
    def broken(self, error: ApiError) -> str:
        """An error after the stream has begun."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """`model` is the slug as sent. `shows_thoughts`: a stream tells what the model says it thinks, where it does."""

    model: str
    stream: bool
    request: Request
    writer: Callable[[Run], Writer]
    shows_thoughts: bool = True


Reader = Callable[[HttpRequest], Question]
