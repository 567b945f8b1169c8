"""Data as people read it: a table of rows, or names with their values."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A name with its value: one text, a list of them, or a table."""

    name: str
    text: str = ""
    texts: tuple[str, ...] = ()
    table: Table | None = None


def shown(value: Any) -> Table | tuple[Pair, ...] | None:
    """The best form for a JSON value; None if it is a single text or number."""
    if isinstance(value, dict):
        return tuple(pair(name, inner) for name, inner in value.items())
    return table_of(value) if isinstance(value, list) else None


def pair(name: str, value: Any) -> Pair:
    if isinstance(value, list) and value:
        if all(isinstance(item, dict) for item in value):
            return Pair(name, table=table_of(value))
        return Pair(name, texts=tuple(cell(item) for item in value[:MOST_ROWS]))
    return Pair(name, text=cell(value))


def table_of(items: list[Any]) -> Table:
    if not all(isinstance(item, dict) for item in items):
        return Table((_("Value"),), tuple((cell(item),) for item in items[:MOST_ROWS]))
    head = tuple(dict.fromkeys(name for item in items for name in item))
    return Table(head, tuple(tuple(cell(item.get(name, "")) for name in head) for item in items[:MOST_ROWS]))


def cell(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return _("yes") if value else _("no")
        case None:
            return "–"
        case list() if all(isinstance(item, str | int | float) for item in value):
            return ", ".join(cell(item) for item in value)
        case _:
            return json.dumps(value, ensure_ascii=False)
