"""A tool's form as a JSON Schema, and what a program sent as what a run keeps."""

from collections.abc import Callable, Mapping
from typing import Any

from hub.tools.fields import LONGEST_LONG_TEXT, LONGEST_TEXT, Field, InputForm, Inputs
from hub.tools.models import OutputKind, ToolVersion
from hub.tools.schema import validator_of
from playground.programs.errors import InputsInvalid

Schema = dict[str, Any]


def _text(longest: int) -> Callable[[Field], Schema]:
    def schema(field: Field) -> Schema:
        least = max(field.minimum or 0, 1 if field.required else 0)
        return {"type": "string", "minLength": least, "maxLength": min(field.maximum or longest, longest)}

    return schema


def _number(field: Field) -> Schema:
    limits = {"minimum": field.minimum, "maximum": field.maximum}
    return {"type": "number"} | {name: value for name, value in limits.items() if value is not None}


def _choice(field: Field) -> Schema:
    return {"type": "string", "enum": [*field.choices, *([] if field.required else [""])]}


def _checkbox(field: Field) -> Schema:
    return {"type": "boolean"}


# By a field's kind; a test holds them and the form's kinds together.
KINDS: dict[str, Callable[[Field], Schema]] = {
    "text": _text(LONGEST_TEXT),
    "long_text": _text(LONGEST_LONG_TEXT),
    "number": _number,
    "choice": _choice,
    "checkbox": _checkbox,
}


def input_schema(fields: tuple[Field, ...]) -> Schema:
    return {
        "type": "object",
        "properties": {field.name: _property(field) for field in fields},
        "required": [field.name for field in fields if field.required and field.kind != "checkbox"],
        "additionalProperties": False,
    }


def _property(field: Field) -> Schema:
    described = KINDS[field.kind](field) | {"title": field.label}
    if field.help:
        described["description"] = field.help
    if field.default:
        described["default"] = field.default == "yes" if field.kind == "checkbox" else field.default
    return described


def output_schema(version: ToolVersion) -> Schema:
    """Of `data` where the tool answers in JSON, else of `output`."""
    if version.output_kind == OutputKind.JSON:
        return version.schema or {"type": "object"}
    is_markdown = version.output_kind == OutputKind.MARKDOWN
    return {"type": "string", "contentMediaType": "text/markdown" if is_markdown else "text/plain"}


def read_inputs(fields: tuple[Field, ...], given: Mapping[str, Any]) -> Inputs:
    """What a run keeps, checked by the published schema and then by the form itself. Raises InputsInvalid."""
    for error in validator_of(input_schema(fields)).iter_errors(dict(given)):
        place = "".join(f".{step}" for step in error.instance_path)
        raise InputsInvalid(f"inputs{place}: {error.message}", param=f"inputs{place}")
    form = InputForm(fields, {f"{InputForm.prefix}-{name}": value for name, value in given.items()})
    if not form.is_valid():
        name, messages = next(iter(form.errors.items()))
        raise InputsInvalid(str(messages[0]), param=f"inputs.{name}")
    return form.inputs
