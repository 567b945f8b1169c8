"""What is known beforehand about public models: their shown name, their limits and their list price on a stated day."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playground.lib.money import parse_money

DATA = Path(__file__).parent / "data" / "starter_models.json"
# "claude-sonnet-4-5-20250929" and "gpt-4o-2024-08-06" are dated names of models in the list.
_date = re.compile(r"[-@](\d{8}|\d{4}-\d{2}-\d{2})(-v\d+(:\d+)?)?$")
# Bedrock says "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", Vertex "claude-sonnet-4-5@20250929".
_vendor = re.compile(r"^([a-z]+\.)?anthropic\.")


@dataclass(frozen=True, slots=True)
class Starter:
    """Tokens, and `prices` by the fields of `Price`. The lowest position stands first in the picker."""

    position: int
    name: str
    description: str
    kind: str
    context_tokens: int
    max_output_tokens: int
    reads_images: bool
    writes_json: bool
    calls_functions: bool
    prices: Mapping[str, int]


@cache
def _starters() -> dict[str, Starter]:
    rows: dict[str, dict[str, Any]] = json.loads(DATA.read_text())["models"]
    return {slug: _starter(position, row) for position, (slug, row) in enumerate(rows.items(), start=1)}


def _starter(position: int, row: Mapping[str, Any]) -> Starter:
    can = row.get("can", [])
    return Starter(
        position=position,
        name=row["name"],
        description=row["description"],
        kind=row.get("kind", "chat"),
        context_tokens=row["context"],
        max_output_tokens=row["output"],
        reads_images="images" in can,
        writes_json="json" in can,
        calls_functions="functions" in can,
        prices={part: parse_money(amount) for part, amount in row["prices"].items()},
    )


def as_of() -> str:
    """The day of the list, as it says itself."""
    day: str = json.loads(DATA.read_text())["as_of"]
    return day


def starter_for(provider_name: str) -> Starter | None:
    """The starter row of a provider's model name, dated or not, with or without a vendor or region in front."""
    name = provider_name.rpartition("/")[2]
    name = _vendor.sub("", name)
    return _starters().get(name) or _starters().get(_date.sub("", name))
