"""What a JSON answer has to look like: made key by key by people who never saw a JSON Schema, or pasted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jsonschema_rs
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_SCHEMA = 20_000

# A key's kind: its name for people, and the schema it stands for.
KEY_KINDS: dict[str, tuple[str | Promise, dict[str, Any]]] = {
    "text": (gettext_lazy("Text"), {"type": "string"}),
    "number": (gettext_lazy("Number"), {"type": "number"}),
    "integer": (gettext_lazy("Whole number"), {"type": "integer"}),
    "boolean": (gettext_lazy("Yes or no"), {"type": "boolean"}),
    "texts": (gettext_lazy("List of texts"), {"type": "array", "items": {"type": "string"}}),
}
KEY_KIND_OF_TYPE = {str(base["type"]): kind for kind, (_label, base) in KEY_KINDS.items()}


@dataclass(frozen=True, slots=True)
class Key:
    """One named value of the answer. `allowed` limits a text, or each text of a list."""

    name: str
    kind: str = "text"
    required: bool = True
    allowed: tuple[str, ...] = ()
    description: str = ""


class SchemaInvalid(ValueError):
    """No schema that an answer could be checked against; the message says why, in words."""


def refuse_reference(uri: str) -> Any:
    """A schema never makes this program fetch anything."""
    raise ValueError(f"no reference is followed: {uri}")


def validator_of(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema, retriever=refuse_reference)


def schema_of(keys: Sequence[Key]) -> dict[str, Any]:
    """An object with exactly these keys."""
    return {
        "type": "object",
        "properties": {key.name: key_schema(key) for key in keys},
        "required": [key.name for key in keys if key.required],
        "additionalProperties": False,
    }


def key_schema(key: Key) -> dict[str, Any]:
    schema = json.loads(json.dumps(KEY_KINDS[key.kind][1]))
    if key.allowed and key.kind in {"text", "texts"}:
        (schema["items"] if key.kind == "texts" else schema)["enum"] = list(key.allowed)
    if key.description:
        schema["description"] = key.description
    return dict(schema)


def keys_of(schema: dict[str, Any] | None) -> tuple[Key, ...] | None:
    """The keys that make this schema; None if it says more than keys can say."""
    if not schema:
        return ()
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        return None
    keys = tuple(key_of(name, value) for name, value in properties.items() if isinstance(value, dict))
    keys = tuple(replace(key, required=key.name in required) for key in keys)
    return keys if schema_of(keys) == schema else None


def key_of(name: str, schema: dict[str, Any]) -> Key:
    """The nearest key: whether it says all that the schema says is for the caller to compare."""
    inner = schema.get("items") if isinstance(schema.get("items"), dict) else schema
    allowed = inner.get("enum") if isinstance(inner, dict) else None
    return Key(
        name,
        KEY_KIND_OF_TYPE.get(str(schema.get("type")), "text"),
        allowed=tuple(allowed) if isinstance(allowed, list) else (),
        description=str(schema.get("description", "")),
    )


def parse_schema(text: str) -> dict[str, Any]:
    """A pasted schema. Raises SchemaInvalid."""
    if len(text) > LONGEST_SCHEMA:
        raise SchemaInvalid(_("This schema is longer than %(most)s characters.") % {"most": LONGEST_SCHEMA})
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as error:
        raise SchemaInvalid(
            _("This is not JSON: line %(line)s, column %(column)s.") % {"line": error.lineno, "column": error.colno}
        ) from error
    except RecursionError as error:
        raise SchemaInvalid(_("This schema is nested too deeply.")) from error
    return check_schema(schema)


def check_schema(schema: object) -> dict[str, Any]:
    """The same schema, if it is one and describes an object. Raises SchemaInvalid."""
    if not isinstance(schema, dict) or schema.get("type") != "object" or not schema.get("properties"):
        raise SchemaInvalid(
            _("The schema has to describe an object: “type” is “object”, and “properties” has its keys.")
        )
    try:
        validator_of(schema)
    except ValueError as error:
        reason = str(error).splitlines()[0]
        raise SchemaInvalid(_("This is no valid JSON Schema: %(reason)s") % {"reason": reason}) from error
    return schema
