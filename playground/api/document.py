"""The OpenAPI document of /v1, made of what checks the requests: the addresses, the schemas, the errors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from pydantic.json_schema import models_json_schema

from playground.programs import shapes
from playground.programs.endpoint import Operation

Json = dict[str, Any]
ROOT = "v1/"
GROUPS = ["Ask a model", "Models", "Tools"]
REFERENCE = "#/components/schemas/{model}"
CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
STATUSES = {
    "400": "The body is not understood; the message names the parameter.",
    "401": "No key, or one that is unknown, expired or revoked.",
    "403": "The key lacks the scope for this.",
    "404": "There is nothing of that name for this key.",
    "405": "Another method is needed.",
    "413": "The body is too long.",
    "422": "It was refused; nothing was asked and nothing charged.",
    "429": "A limit is used up: Retry-After has the seconds, x-quota-limit says which.",
    "502": "No provider answered.",
    "503": "The service is away for a moment.",
}
ASKED = {"400", "413", "422", "429", "502"}
ANSWER_HEADERS = {
    "x-request-id": "The request, as the company's logs and traces know it.",
    "x-run-id": "The run: admins and the ledger know it by this name.",
    "x-cost": "What it cost, in x-cost-currency; in a stream the last usage says it.",
    "x-answered-by": "The deployment that answered; not in a stream.",
    "x-fallback-reason": "Why another deployment than the first one answered, where one did; not in a stream.",
    "x-ratelimit-remaining-requests": "How often this key may still ask in this minute.",
    "x-quota-limit": "The limit of money that stops this key first.",
    "x-quota-remaining": "What that limit leaves.",
    "x-quota-resets": "When it begins anew.",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One address and what it does; `path` is as the document writes it."""

    path: str
    operation: Operation
    parameters: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return f"{self.operation.method} {self.path}"

    @property
    def fields(self) -> list[tuple[str, bool, str]]:
        """Of its body: name, whether it is needed, and what is to say about it."""
        body = self.operation.body
        if body is None:
            return []
        return [
            (field.alias or name, field.is_required(), field.description or "")
            for name, field in body.model_fields.items()
            if "changes nothing" not in (field.description or "")
        ]


@cache
def addresses() -> tuple[Address, ...]:
    """Every address under /v1 that says what it is, in the order of their groups."""
    found = [address for pattern, prefix in _patterns(get_resolver()) if (address := _address(pattern, prefix))]
    return tuple(sorted(found, key=lambda address: GROUPS.index(address.operation.group)))


def groups() -> list[tuple[str, list[Address]]]:
    return [(name, list(rest)) for name, rest in groupby(addresses(), lambda address: address.operation.group)]


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[URLPattern, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, prefix + str(pattern.pattern))
        elif prefix.startswith(ROOT):
            yield pattern, prefix


def _address(pattern: URLPattern, prefix: str) -> Address | None:
    operation = getattr(pattern.callback, "operation", None)
    if operation is None:
        return None
    route = prefix + str(pattern.pattern)
    parameters = tuple((name, kind or "str") for kind, name in CONVERTED.findall(route))
    return Address("/" + CONVERTED.sub(r"{\2}", route), operation, parameters)


@cache
def document() -> Json:
    schemas = [
        (schema, mode)
        for address in addresses()
        for schema, mode in (
            (address.operation.body, "validation"),
            (address.operation.gives, "serialization"),
        )
        if schema
    ]
    names, definitions = models_json_schema(list(dict.fromkeys(schemas)), ref_template=REFERENCE)  # type: ignore[arg-type]
    paths: Json = {}
    for address in addresses():
        paths.setdefault(address.path, {})[address.operation.method.lower()] = _operation(address, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.COMPANY_NAME}: models and tools",
            "version": "1",
            "description": "Models and tools for programs, with the limits and the ledger of the pages.",
        },
        "servers": [{"url": settings.SITE_URL}],
        "security": [{"key": []}, {"anthropic_key": []}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}) | _errors(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A personal key, pg_…"},
                "anthropic_key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def _operation(address: Address, names: Any) -> Json:
    operation = address.operation
    described: Json = {
        "summary": operation.summary,
        "description": operation.about,
        "operationId": re.sub(r"\W+", "_", address.name).strip("_").lower(),
        "tags": [operation.group],
        "parameters": [_parameter(*parameter) for parameter in address.parameters],
        "responses": _answers(operation, names),
    }
    if operation.body:
        schema = names[(operation.body, "validation")]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        header = {"description": "The same key again is the same run.", "schema": {"type": "string", "maxLength": 100}}
        described["parameters"].append({"name": "Idempotency-Key", "in": "header", "required": False, **header})
    return described


def _parameter(name: str, kind: str) -> Json:
    schema: Json = {"type": "string"} | ({"format": "uuid"} if kind == "uuid" else {})
    if kind == "slug":
        schema["pattern"] = "^[-a-zA-Z0-9_]+$"
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _answers(operation: Operation, names: Any) -> Json:
    schema = names[(operation.gives, "serialization")] if operation.gives else {"type": "object"}
    content: Json = {"application/json": {"schema": schema}}
    if operation.streams:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in ANSWER_HEADERS.items()}
    answers: Json = {str(operation.status): {"description": "Done.", "content": content, "headers": headers}}
    if operation.status == HTTPStatus.CREATED:
        answers["202"] = answers["201"] | {"description": "It is queued; ask for it at its Location."}
    error = "AnthropicError" if operation.shape is shapes.anthropic else "Error"
    refused = {"application/json": {"schema": {"$ref": REFERENCE.format(model=error)}}}
    for status, text in STATUSES.items():
        if operation.body or status not in ASKED:
            answers[status] = {"description": text, "content": refused}
    return answers


def _errors() -> Json:
    text: Json = {"type": "string"}
    nullable: Json = {"type": ["string", "null"]}
    openai: Json = {"message": text, "type": text, "param": nullable, "code": nullable}
    anthropic: Json = {"type": text, "message": text}
    return {
        "Error": _object(error=_object(**openai)),
        "AnthropicError": _object(type={"const": "error"}, error=_object(**anthropic)),
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}
