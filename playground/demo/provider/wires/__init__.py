"""The three wires: how an answer is cut into messages. Each frame is made by hand around one JSON string, because a
whole object encoded per token is what a provider for five hundred streams would spend its time on."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from playground.demo.provider.answers import Call
from playground.demo.provider.ask import Ask

CALL_ID = "call-demo"


@dataclass(slots=True)
class Spent:
    """What an answer has used so far; wires report it, `counts` bill it."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0


class Wire(Protocol):
    """One answer on one wire. `finish` is "stop", "length", "refusal" or "tool_calls"."""

    path: ClassVar[str]

    def __init__(self, ask: Ask, spent: Spent) -> None: ...

    def head(self) -> bytes: ...

    def thought(self, piece: str) -> bytes: ...

    def text(self, piece: str) -> bytes: ...

    def call(self, name: str) -> bytes: ...

    def arguments(self, piece: str) -> bytes: ...

    def finish(self, reason: str) -> bytes: ...

    def usage(self) -> bytes: ...

    def end(self) -> bytes: ...

    def whole(self, thought: str, text: str, reason: str, call: Call | None) -> dict[str, Any]: ...

    def error(self) -> bytes:
        """An error inside a stream that began well."""
        ...


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def event(message: dict[str, Any], *, named: bool = False) -> bytes:
    name = f"event: {message['type']}\n" if named else ""
    return f"{name}data: {json.dumps(message, ensure_ascii=False)}\n\n".encode()


def error_body(path: str, status: int, word: str, message: str) -> dict[str, Any]:
    error = {"type": word, "message": message}
    if path == "/v1/messages":
        return {"type": "error", "error": error}
    return {"error": {**error, "code": word, "param": None}}
