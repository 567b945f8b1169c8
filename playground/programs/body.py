"""Reading a JSON body with the schema that the API's own document shows; what is not understood is named."""

import json
from collections.abc import Callable
from itertools import chain
from typing import Annotated, Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from playground.lib.texts import storable_json
from playground.programs.errors import BadBody, BodyTooLong

Json = dict[str, Any]
# Of a body: a JSON Schema has a few.
MOST_LEVELS = 64


class Body(BaseModel):
    """A part of a body: nothing is guessed, and what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


# What vendors' clients send and what makes no difference here.
Unused = Annotated[Any, Field(description="May be sent and changes nothing here.")]
B = TypeVar("B", bound=BaseModel)


def kind_by(name: str, *known: str, missing: str = "", **aliases: str) -> Discriminator:
    """Tells the members of a union apart by their field `name`; `missing` is who has none."""
    tags = {one: f"a {one}" for one in known} | {alias: f"a {one}" for alias, one in aliases.items()}

    def kind(value: Any) -> str | None:
        found = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
        found = missing if found is None else found
        return tags.get(found) if isinstance(found, str) else None

    sorts = ", ".join(tags)
    return Discriminator(kind, custom_error_type="kind", custom_error_message=f"{name} has to be one of: {sorts}")


def tag(name: str) -> Tag:
    return Tag(f"a {name}")


def text_or_list() -> Discriminator:
    return Discriminator(
        lambda value: "a text" if isinstance(value, str) else "a list" if isinstance(value, list | tuple) else None,
        custom_error_type="kind",
        custom_error_message="It has to be a text or a list of parts",
    )


def read_body(request: HttpRequest, schema: type[B]) -> B:
    """The body as `schema` describes it. Raises BadBody and BodyTooLong."""
    body = read_json(request)
    try:
        return schema.model_validate(body)
    except ValidationError as error:
        raise _bad_body(error, body) from None


def read_json(request: HttpRequest) -> Json:
    """The body as an object, of texts that can be kept. Raises BadBody and BodyTooLong."""
    if request.content_type != "application/json":
        raise BadBody("Send the body as application/json.")
    data = request.read(settings.API_MAX_REQUEST_BYTES + 1)
    if len(data) > settings.API_MAX_REQUEST_BYTES:
        raise BodyTooLong(f"The body is longer than {settings.API_MAX_REQUEST_BYTES:,} bytes.")
    try:
        body = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadBody("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise BadBody("The body has to be a JSON object.")
    if _is_deep(body):
        raise BadBody(f"The body is nested more than {MOST_LEVELS} levels deep.")
    # Only an escape can smuggle in what cannot be kept.
    return storable_json(body) if b"\\u" in data else body


def _is_deep(body: object) -> bool:
    level = [body]
    for _ in range(MOST_LEVELS):
        nested = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = list(chain.from_iterable(nested))
    return bool(level)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _bad_body(error: ValidationError, body: Json) -> BadBody:
    first = error.errors(include_url=False)[0]
    param = param_of(first["loc"], body)
    sentences: dict[str, Callable[[], str]] = {
        "extra_forbidden": lambda: f"Unknown parameter: {param}.",
        "missing": lambda: f"{param} is required.",
        "value_error": lambda: f"{param}: {first['ctx']['error']}",
    }
    sentence = sentences.get(first["type"], lambda: f"{param}: {first['msg']}.")
    return BadBody(sentence(), param=param)


def param_of(place: tuple[int | str, ...], body: object) -> str:
    """As vendors write it, "messages[0].content": the place without the names of a union's members."""
    name, here = "", body
    for number, step in enumerate(place):
        is_last = number == len(place) - 1
        if isinstance(here, list) and isinstance(step, int) and step < len(here):
            name, here = f"{name}[{step}]", here[step]
        elif isinstance(here, dict) and (step in here or (is_last and not str(step).startswith("a "))):
            name, here = f"{name}.{step}" if name else str(step), here.get(step)
    return name or "body"
