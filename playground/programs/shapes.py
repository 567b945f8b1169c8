"""How each vendor puts a "no" into JSON."""

from typing import Any

from playground.programs.errors import ApiError

Json = dict[str, Any]


def openai(error: ApiError) -> Json:
    return {"error": {"message": error.message, "type": error.type, "param": error.param, "code": error.code}}


def anthropic(error: ApiError) -> Json:
    return {"type": "error", "error": {"type": error.anthropic_type, "message": error.message}}
