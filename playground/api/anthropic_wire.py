"""Anthropic's messages: its body into our request, our events into its events."""

import json
from typing import Any

from django.http import HttpRequest, JsonResponse

from playground.api.body import Json, read_bool, read_content, read_float, read_int, read_json, read_str, read_texts
from playground.api.errors import ApiError, BadBody
from playground.api.question import Question
from playground.gateway.types import ChatRequest, Turn
from playground.runs.models import Run

KNOWN = {
    *("model", "messages", "max_tokens", "system", "stream", "temperature", "stop_sequences", "metadata"),
    *("output_config", "service_tier"),
}
STOP = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal", "refusal": "refusal"}


def read(request: HttpRequest) -> Question:
    """Raises BadBody, which names the parameter."""
    body = read_json(request, known=KNOWN)
    system = body.get("system")
    longest = read_int(body, "max_tokens")
    if longest is None:
        raise BadBody("max_tokens is required.", param="max_tokens")
    return Question(
        model=read_str(body, "model"),
        stream=read_bool(body, "stream"),
        include_usage=True,
        request=ChatRequest(
            turns=_turns(body.get("messages")),
            system="" if system is None else read_content(system, "system"),
            max_output_tokens=longest,
            temperature=read_float(body, "temperature", most=1),
            stop=read_texts(body, "stop_sequences"),
            schema=_schema(body.get("output_config")),
        ),
    )


def _turns(messages: object) -> tuple[Turn, ...]:
    if not isinstance(messages, list) or not messages:
        raise BadBody("messages has to be a list with at least one message.", param="messages")
    turns = []
    for index, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role not in ("user", "assistant"):
            raise BadBody("role has to be user or assistant.", param=f"messages[{index}]")
        turns.append(Turn(role, read_content(message.get("content"), f"messages[{index}]")))
    return tuple(turns)


def _schema(config: object) -> dict[str, Any] | None:
    match config:
        case None | {"format": None}:
            return None
        case {"format": {"type": "json_schema", "schema": dict() as schema}}:
            return schema
    raise BadBody("output_config.format has to be of type json_schema.", param="output_config")


def answer(run: Run) -> Json:
    """The whole answer as one message."""
    content = [{"type": "text", "text": run.output, "citations": None}]
    return {
        **_message(run),
        "content": content,
        "stop_reason": STOP.get(run.finish_reason, "end_turn"),
        "usage": _usage(run),
    }


def first(run: Run) -> str:
    empty = {"type": "text", "text": ""}
    return _event("message_start", message=_message(run)) + _event("content_block_start", index=0, content_block=empty)


def piece(run: Run, text: str) -> str:
    return _event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def last(run: Run, question: Question) -> str:
    delta = {"stop_reason": STOP.get(run.finish_reason, "end_turn"), "stop_sequence": None}
    return (
        _event("content_block_stop", index=0)
        + _event("message_delta", delta=delta, usage=_usage(run))
        + _event("message_stop")
    )


def broken(error: ApiError) -> str:
    """An error after the stream has begun."""
    return _event("error", error={"type": error.anthropic_type, "message": error.message})


def refuse(error: ApiError) -> JsonResponse:
    body = {"type": "error", "error": {"type": error.anthropic_type, "message": error.message}}
    return JsonResponse(body, status=error.status)


def _message(run: Run) -> Json:
    return {
        "id": f"msg_{run.pk.hex}",
        "type": "message",
        "role": "assistant",
        "model": run.model_name,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }


def _usage(run: Run) -> Json:
    return {
        "input_tokens": run.input_tokens - run.cached_tokens,
        "output_tokens": run.output_tokens,
        "cache_read_input_tokens": run.cached_tokens,
        "cache_creation_input_tokens": 0,
    }


def _event(kind: str, **parts: object) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **parts}, ensure_ascii=False)}\n\n"
