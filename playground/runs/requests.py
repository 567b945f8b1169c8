"""A ChatRequest as JSON in the run's row, and back."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from playground.gateway.types import ChatRequest, Turn


def dump(request: ChatRequest) -> dict[str, Any]:
    """PostgreSQL stores no NUL characters, and no provider has a use for them.

    The schema goes as text, because the database sorts the keys of an object, and a model writes them in their order.
    """
    plain = asdict(request) | {"schema": request.schema and json.dumps(request.schema)}
    stored: dict[str, Any] = json.loads(json.dumps(plain).replace("\\u0000", ""))
    return stored


def load(stored: dict[str, Any]) -> ChatRequest:
    turns = tuple(Turn(**turn) for turn in stored["turns"])
    schema = stored["schema"] and json.loads(stored["schema"])
    return ChatRequest(**(stored | {"turns": turns, "stop": tuple(stored["stop"]), "schema": schema}))


def fingerprint(stored: dict[str, Any], *also: str) -> str:
    """The same for the same question only."""
    return hashlib.sha256(json.dumps([stored, *also], sort_keys=True).encode()).hexdigest()
