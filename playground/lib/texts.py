"""Text from outside, made fit to be kept."""

from typing import Any


def storable(text: str) -> str:
    """Without what neither PostgreSQL nor UTF-8 can hold: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def storable_json(value: Any) -> Any:
    """The same of every text in it, names included."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): storable_json(one) for name, one in value.items()}
    return [storable_json(one) for one in value] if isinstance(value, list | tuple) else value
