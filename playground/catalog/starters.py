"""What is known beforehand about public models: their shown name, their limits and their list price on a stated day."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playground.lib.money import parse_money

DATA = Path(__file__).parent / "data" / "starter_models.json"
# "claude-sonnet-4-5-20250929" and "gpt-4o-2024-08-06" are dated names of models in the list.
_date = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True, slots=True)
class Starter:
    """Tokens, and micro-units per million tokens. The lowest position stands first in the picker."""

    position: int
    name: str
    description: str
    context_tokens: int
    max_output_tokens: int
    input: int
    cached_input: int
    output: int


@cache
def _starters() -> dict[str, Starter]:
    models: dict[str, dict[str, Any]] = json.loads(DATA.read_text())["models"]
    return {
        slug: Starter(
            position=position,
            name=row["name"],
            description=row["description"],
            context_tokens=row["context"],
            max_output_tokens=row["output"],
            input=parse_money(row["input_price"]),
            cached_input=parse_money(row["cached_price"]),
            output=parse_money(row["output_price"]),
        )
        for position, (slug, row) in enumerate(models.items(), start=1)
    }


def starter_for(provider_name: str) -> Starter | None:
    """The starter row of a provider's model name, dated or not, with or without a vendor in front."""
    name = provider_name.rpartition("/")[2]
    return _starters().get(name) or _starters().get(_date.sub("", name))
