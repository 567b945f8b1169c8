"""What a wire is, and what it reads from a body, in our words."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse

from playground.api.errors import ApiError
from playground.gateway.types import ChatRequest
from playground.runs.models import Run


@dataclass(frozen=True, slots=True)
class Question:
    """`model` is the slug as sent; `include_usage` is for streams only."""

    model: str
    stream: bool
    include_usage: bool
    request: ChatRequest


class Wire(Protocol):
    """A vendor's format, both ways. Each is a module of plain functions."""

    def read(self, request: HttpRequest) -> Question: ...
    def answer(self, run: Run) -> dict[str, Any]: ...
    def first(self, run: Run) -> str: ...
    def piece(self, run: Run, text: str) -> str: ...
    def last(self, run: Run, question: Question) -> str: ...
    def broken(self, error: ApiError) -> str: ...
    def refuse(self, error: ApiError) -> HttpResponse: ...
