"""Reading a JSON body field by field: every reader names the parameter it does not understand."""

import json
from collections.abc import Collection
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from playground.api.errors import BadBody, BodyTooLong

Json = dict[str, Any]
# Of a body: a JSON Schema has a few.
MOST_LEVELS = 64


def read_json(request: HttpRequest, *, known: Collection[str]) -> Json:
    """The body as an object that has known fields only. Raises BadBody."""
    if request.content_type != "application/json":
        raise BadBody("Send the body as application/json.")
    try:
        body = json.loads(request.body, parse_constant=_no_constant)
    except RequestDataTooBig:
        raise BodyTooLong(f"The body is longer than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes.") from None
    except (ValueError, RecursionError):
        raise BadBody("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise BadBody("The body has to be a JSON object.")
    if _is_deep(body):
        raise BadBody(f"The body is nested more than {MOST_LEVELS} levels deep.")
    if unknown := sorted(body.keys() - set(known)):
        raise BadBody(f"Unknown parameter: {unknown[0]}.", param=unknown[0])
    return body


def _is_deep(body: object) -> bool:
    level = [body]
    for _ in range(MOST_LEVELS):
        nested = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = list(chain.from_iterable(nested))
    return bool(level)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def read_str(body: Json, name: str, *, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or not (value or default is not None):
        raise BadBody(f"{name} has to be a text.", param=name)
    return clean(value)


def read_bool(body: Json, name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadBody(f"{name} has to be true or false.", param=name)
    return bool(value)


def read_int(body: Json, *names: str) -> int | None:
    """The first of `names` that is there: wires have old and new names for one thing."""
    for name in names:
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**31:
            raise BadBody(f"{name} has to be a whole number above 0.", param=name)
        return value
    return None


def read_float(body: Json, name: str, *, most: float) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
        raise BadBody(f"{name} has to be a number from 0 to {most:g}.", param=name)
    return float(value)


def read_texts(body: Json, name: str) -> tuple[str, ...]:
    """A text or a list of at most four."""
    value = body.get(name) or []
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or len(texts) > 4 or not all(isinstance(text, str) for text in texts):  # noqa: PLR2004
        raise BadBody(f"{name} has to be a text or a list of at most four.", param=name)
    return tuple(clean(text) for text in texts)


def read_content(value: object, param: str) -> str:
    """A turn's content: a text, or parts of type text. Other parts are refused by name."""
    if isinstance(value, str):
        return clean(value)
    if not isinstance(value, list):
        raise BadBody("content has to be a text or a list of parts.", param=param)
    texts = []
    for part in value:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise BadBody("Only parts of type text are supported.", param=param)
        texts.append(clean(part["text"]))
    return "".join(texts)


def clean(text: str) -> str:
    """PostgreSQL stores no NUL, and no encoding has lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
