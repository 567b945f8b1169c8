"""What came back, against what the tool promises: problems as sentences, never as a stack."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import json_repair
import jsonschema_rs
from django.utils.translation import gettext as _

from hub.tools.models import OutputKind
from hub.tools.schema import validator_of

MOST_PROBLEMS = 10
LONGEST_ANSWER = 500_000
LONGEST_QUOTE = 60
FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n?```\s*$", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer after its check: `value` is the data of a JSON answer, None where there is none."""

    text: str
    problems: tuple[str, ...] = ()
    value: Any = None
    is_repaired: bool = False


def check_output(kind: str, schema: dict[str, Any] | None, text: str) -> Checked:
    """The answer with everything that is wrong with it."""
    if not text.strip():
        return Checked(text, (_("The model gave an empty answer."),))
    if kind != OutputKind.JSON:
        return Checked(text)
    try:
        value, is_repaired = read_json(text)
    except ValueError:
        return Checked(text, (_("The answer is not the data that was asked for; here it is as the model wrote it."),))
    return Checked(text, tuple(problems_in(schema, value)), value, is_repaired)


def read_json(text: str) -> tuple[Any, bool]:
    """The value, and whether the text had to be repaired. Raises ValueError."""
    if len(text) > LONGEST_ANSWER:
        raise ValueError("too long to be read as data")
    fenced = FENCE.match(text)
    plain = fenced[1] if fenced else text
    try:
        return json.loads(plain, parse_constant=refuse_constant), False
    except (ValueError, RecursionError):
        pass
    try:
        value = json_repair.loads(plain)
        # What no strict reader takes (NaN, lone surrogates) must not come out of a repair.
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValueError("beyond repair") from error
    if not isinstance(value, dict | list) or not value:
        raise ValueError("no data in it")
    return value, True


def refuse_constant(name: str) -> Any:
    raise ValueError(name)


def problems_in(schema: dict[str, Any] | None, value: Any) -> Iterator[str]:
    if schema is None:
        return
    for number, error in enumerate(validator_of(schema).iter_errors(value)):
        if number == MOST_PROBLEMS:
            yield _("There are more problems than these.")
            return
        yield from sentences(error)


def sentences(error: jsonschema_rs.ValidationError) -> Iterator[str]:
    """One schema error as a person says it."""
    about = error.kind.as_dict()
    words = {"field": path_words(error.instance_path), "given": quote(error.instance)}
    match error.kind.name:
        case "required":
            inner = path_words([*error.instance_path, about["property"]])
            yield _("Field “%(field)s” is missing.") % {"field": inner}
        case "additionalProperties":
            for name in about["unexpected"]:
                yield _("Field “%(field)s” was not asked for.") % {"field": path_words([*error.instance_path, name])}
        case "enum":
            words["options"] = ", ".join(quote(option) for option in about["options"])
            yield _("Field “%(field)s” must be one of %(options)s; the model gave %(given)s.") % words
        case "type":
            words["type"] = _(" or ").join(type_words(name) for name in about["types"])
            yield _("Field “%(field)s” must be %(type)s; the model gave %(given)s.") % words
        case "maxLength" | "minLength" | "maximum" | "minimum" | "maxItems" | "minItems":
            yield limit_words(error.kind.name) % (words | {"limit": about["limit"]})
        case "pattern":
            yield _("Field “%(field)s” does not have the form that was asked for; the model gave %(given)s.") % words
        case _:
            yield _("Field “%(field)s” is not as it was asked for; the model gave %(given)s.") % words


def limit_words(name: str) -> str:
    return {
        "maxLength": _("Field “%(field)s” may have at most %(limit)s characters; the model gave %(given)s."),
        "minLength": _("Field “%(field)s” needs at least %(limit)s characters; the model gave %(given)s."),
        "maximum": _("Field “%(field)s” may be at most %(limit)s; the model gave %(given)s."),
        "minimum": _("Field “%(field)s” must be at least %(limit)s; the model gave %(given)s."),
        "maxItems": _("Field “%(field)s” may have at most %(limit)s entries."),
        "minItems": _("Field “%(field)s” needs at least %(limit)s entries."),
    }[name]


def type_words(name: str) -> str:
    return {
        "string": _("a text"),
        "number": _("a number"),
        "integer": _("a whole number"),
        "boolean": _("yes or no"),
        "array": _("a list"),
        "object": _("a group of fields"),
        "null": _("empty"),
    }[name]


def path_words(path: list[str | int]) -> str:
    """`["items", 0, "colour"]` as "items 1 colour": people count from one."""
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in path) or _("answer")


def quote(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    short = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return f"“{short}”" if isinstance(value, str) else short
