"""A request as JSON in the run's row, and back."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from playground.gateway.types import (
    ChatRequest,
    EmbeddingRequest,
    Function,
    Image,
    Part,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from playground.lib.texts import storable_json

Request = ChatRequest | EmbeddingRequest
PARTS: dict[str, type[Part]] = {"text": Text, "image": Image, "call": ToolCall, "result": ToolResult}
PART_NAMES = {kind: name for name, kind in PARTS.items()}


def dump(request: Request) -> dict[str, Any]:
    """What is kept of a question until it is answered.

    Schemas go as text, because the database sorts the keys of an object, and a model writes them in their order.
    """
    plain = asdict(request)
    if isinstance(request, ChatRequest):
        plain |= {
            "turns": [{"role": turn.role, "content": _dump_content(turn)} for turn in request.turns],
            "schema": request.schema and json.dumps(storable_json(request.schema)),
            "tools": [asdict(one) | {"parameters": json.dumps(storable_json(one.parameters))} for one in request.tools],
        }
    stored: dict[str, Any] = storable_json(plain)
    return stored


def _dump_content(turn: Turn) -> str | list[dict[str, Any]]:
    if isinstance(turn.content, str):
        return turn.content
    return [{"kind": PART_NAMES[type(part)], **asdict(part)} for part in turn.content]


def load(stored: dict[str, Any]) -> Request:
    if "inputs" in stored:
        inputs = tuple(one if isinstance(one, str) else tuple(one) for one in stored["inputs"])
        return EmbeddingRequest(inputs, stored["dimensions"])
    read = {
        "turns": tuple(Turn(turn["role"], _load_content(turn["content"])) for turn in stored["turns"]),
        "stop": tuple(stored["stop"]),
        "schema": stored["schema"] and json.loads(stored["schema"]),
        "tools": tuple(Function(**one | {"parameters": json.loads(one["parameters"])}) for one in stored["tools"]),
        "tool_choice": ToolChoice(**stored["tool_choice"]),
    }
    return ChatRequest(**(stored | read))


def _load_content(content: str | list[dict[str, Any]]) -> str | tuple[Part, ...]:
    if isinstance(content, str):
        return content
    return tuple(PARTS[one["kind"]](**{name: one[name] for name in one if name != "kind"}) for one in content)


def fingerprint(stored: dict[str, Any], *also: str) -> str:
    """The same for the same question only."""
    return hashlib.sha256(json.dumps([stored, *also], sort_keys=True).encode()).hexdigest()
