"""A ChatRequest as JSON in the run's row, and back."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from playground.gateway.types import ChatRequest, Turn


def dump(request: ChatRequest) -> dict[str, Any]:
    """What is kept of a question until it is answered.

    The schema goes as text, because the database sorts the keys of an object, and a model writes them in their order.
    """
    plain = asdict(request) | {"schema": request.schema and json.dumps(_storable(request.schema))}
    stored: dict[str, Any] = _storable(plain)
    return stored


def _storable(value: Any) -> Any:
    """As JSON, without what neither PostgreSQL nor UTF-8 can hold: NUL and lone surrogates."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list | tuple) else value


def load(stored: dict[str, Any]) -> ChatRequest:
    turns = tuple(Turn(**turn) for turn in stored["turns"])
    schema = stored["schema"] and json.loads(stored["schema"])
    return ChatRequest(**(stored | {"turns": turns, "stop": tuple(stored["stop"]), "schema": schema}))


def fingerprint(stored: dict[str, Any], *also: str) -> str:
    """The same for the same question only."""
    return hashlib.sha256(json.dumps([stored, *also], sort_keys=True).encode()).hexdigest()
