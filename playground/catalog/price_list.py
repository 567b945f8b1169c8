"""A price list as a file: CSV or JSON, read line by line. What cannot be read is said by its line, and nothing is lost.

provider;model;effective_from;input;cached_input;cache_write;output;reasoning;image
openai;gpt-5.6-luna;2026-12-01;0.20;0.02;0.25;1.20;;
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from playground.catalog.prices import PARTS
from playground.lib.moments import is_shown_everywhere
from playground.lib.money import parse_money

COLUMNS = ("provider", "model", "effective_from", *PARTS)
REQUIRED = ("model", "input", "output")
MOST_LINES = 5_000
# "2,50" is two and a half for half of the world and 250 for the parser of amounts: neither is guessed.
_plain = re.compile(r"[^\d.,-]{0,3}\s?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
# As programs write small numbers; a longer exponent is no amount, and to write it out could take all memory.
_scientific = re.compile(r"\d+(\.\d+)?e[+-]?\d{1,2}", re.IGNORECASE)


class ListUnreadable(Exception):
    """The whole is no price list; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as written, and what it says. `problem` is why it cannot be used; then `parts` may be incomplete."""

    number: int
    text: str
    provider: str = ""
    model: str = ""
    effective_from: datetime | None = None
    parts: Mapping[str, int] | None = None
    problem: str = ""


def read(text: str) -> list[Line]:
    """Every line of the list that is not empty. Raises ListUnreadable."""
    text = text.removeprefix("\ufeff").strip("\n")
    rows = list(_json_rows(text) if text.lstrip()[:1] in {"[", "{"} else _csv_rows(text))
    if len(rows) > MOST_LINES:
        raise ListUnreadable(_("A list has at most %(most)s lines.") % {"most": f"{MOST_LINES:,}"})
    return [_line(number, written, row) for number, written, row in rows]


def _csv_rows(text: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    lines = text.splitlines()
    if not lines:
        raise ListUnreadable(_("The list is empty."))
    head = lines[0]
    delimiter = max(";\t,", key=head.count)
    names = [name.strip().lower() for name in _cells(head, delimiter)]
    if missing := [name for name in REQUIRED if name not in names]:
        facts = {"missing": ", ".join(missing), "columns": ", ".join(COLUMNS)}
        raise ListUnreadable(_("The first line lacks %(missing)s. It names the columns: %(columns)s.") % facts)
    if unknown := [name for name in names if name not in COLUMNS]:
        facts = {"unknown": ", ".join(unknown), "columns": ", ".join(COLUMNS)}
        raise ListUnreadable(_("There is no column %(unknown)s. The columns are: %(columns)s.") % facts)
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            values = _cells(line, delimiter)
            row = {name: value.strip() for name, value in zip(names, values, strict=False)}
            yield number, line, row if len(values) <= len(names) else {"": line}


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        raise ListUnreadable(_("A cell of the list is longer than any can be.")) from None


def _json_rows(text: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    try:
        # Amounts as they are written: a float would round what money may not.
        data = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise ListUnreadable(_("This is no JSON: there is a mistake in line %(line)s.") % {"line": line}) from None
    rows = data.get("prices") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise ListUnreadable(_("A list in JSON is an array of objects, or an object with such an array as “prices”."))
    for number, row in enumerate(rows, start=1):
        written = json.dumps(row, ensure_ascii=False)
        is_plain = isinstance(row, dict) and set(row) <= set(COLUMNS)
        yield number, written, {name: "" if v is None else str(v) for name, v in row.items()} if is_plain else {"": ""}


def _line(number: int, written: str, row: Mapping[str, str]) -> Line:
    line: dict[str, Any] = {"number": number, "text": written}
    if "" in row:
        return Line(**line, problem=_("It has more columns than the first line, or unknown ones."))
    line |= {"provider": row.get("provider", ""), "model": row.get("model", "")}
    if missing := [name for name in REQUIRED if not row.get(name)]:
        return Line(**line, problem=_("It lacks: %(missing)s.") % {"missing": ", ".join(missing)})
    try:
        parts = {name: _amount(name, row[name]) for name in PARTS if row.get(name)}
        return Line(**line, effective_from=_moment(row.get("effective_from", "")), parts=parts)
    except ValueError as error:
        return Line(**line, problem=str(error))


def _amount(name: str, text: str) -> int:
    problem = _("“%(text)s” is no amount (%(name)s). Write 2.50.") % {"text": text[:40], "name": name}
    if _scientific.fullmatch(text):
        text = f"{Decimal(text):f}"
    if not _plain.fullmatch(text):
        raise ValueError(problem)
    try:
        return parse_money(text)
    except ValueError:
        raise ValueError(problem) from None


def _moment(text: str) -> datetime | None:
    """A day means its midnight in the company's time zone."""
    if not text:
        return None
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    try:
        day, moment = parse_date(text), parse_datetime(text)
    except ValueError:
        day = moment = None
    if day:
        moment = datetime.combine(day, time.min)
    if moment and is_shown_everywhere(moment):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    raise ValueError(_("“%(text)s” is no date. Write 2026-12-31.") % {"text": text[:40]})
