"""OpenAI's chat completions: its body into our request, our events into its chunks."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from playground.api.body import Json, read_bool, read_content, read_float, read_int, read_json, read_str, read_texts
from playground.api.errors import ApiError, BadBody
from playground.api.question import Question
from playground.gateway.types import ChatRequest, Turn
from playground.runs.models import Run

# What is understood, and what changes nothing here and may be sent.
KNOWN = {
    *("model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "stop"),
    *("response_format", "n", "user", "metadata", "store", "seed", "safety_identifier"),
}
FINISH = {"stop": "stop", "length": "length", "content_filter": "content_filter", "refusal": "content_filter"}


def read(request: HttpRequest) -> Question:
    """Raises BadBody, which names the parameter."""
    body = read_json(request, known=KNOWN)
    if body.get("n") not in (None, 1):
        raise BadBody("n has to be 1: one question, one answer.", param="n")
    system, turns = _turns(body.get("messages"))
    options = body.get("stream_options") or {}
    return Question(
        model=read_str(body, "model"),
        stream=read_bool(body, "stream"),
        include_usage=isinstance(options, dict) and read_bool(options, "include_usage"),
        request=ChatRequest(
            turns=turns,
            system=system,
            max_output_tokens=read_int(body, "max_completion_tokens", "max_tokens")
            or settings.DEFAULT_MAX_OUTPUT_TOKENS,
            temperature=read_float(body, "temperature", most=2),
            stop=read_texts(body, "stop"),
            schema=_schema(body.get("response_format")),
        ),
    )


def _turns(messages: object) -> tuple[str, tuple[Turn, ...]]:
    if not isinstance(messages, list) or not messages:
        raise BadBody("messages has to be a list with at least one message.", param="messages")
    system, turns = [], []
    for index, message in enumerate(messages):
        param = f"messages[{index}]"
        role = message.get("role") if isinstance(message, dict) else None
        if role in ("system", "developer"):
            system.append(read_content(message.get("content"), param))
        elif role in ("user", "assistant"):
            turns.append(Turn(role, read_content(message.get("content"), param)))
        else:
            raise BadBody("role has to be system, developer, user or assistant.", param=param)
    if not turns:
        raise BadBody("messages has to hold a message of role user.", param="messages")
    return "\n\n".join(system), tuple(turns)


def _schema(response_format: object) -> dict[str, Any] | None:
    match response_format:
        case None | {"type": "text"}:
            return None
        case {"type": "json_object"}:
            return {"type": "object"}
        case {"type": "json_schema", "json_schema": {"schema": dict() as schema}}:
            return schema
    raise BadBody("response_format has to be text, json_object or json_schema.", param="response_format")


def answer(run: Run) -> Json:
    """The whole answer as one chat.completion."""
    return {
        **_frame(run, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": run.output, "refusal": None},
                "logprobs": None,
                "finish_reason": FINISH.get(run.finish_reason, "stop"),
            }
        ],
        "usage": _usage(run),
    }


def first(run: Run) -> str:
    return _chunk(run, {"role": "assistant", "content": ""})


def piece(run: Run, text: str) -> str:
    return _chunk(run, {"content": text})


def last(run: Run, question: Question) -> str:
    end = _chunk(run, {}, FINISH.get(run.finish_reason, "stop"))
    usage = _data({**_frame(run, "chat.completion.chunk"), "choices": [], "usage": _usage(run)})
    return end + (usage if question.include_usage else "") + "data: [DONE]\n\n"


def broken(error: ApiError) -> str:
    """An error after the stream has begun."""
    return _data(_error(error))


def refuse(error: ApiError) -> JsonResponse:
    return JsonResponse(_error(error), status=error.status)


def models(names: list[tuple[str, int]]) -> Json:
    return {
        "object": "list",
        "data": [
            {"id": slug, "object": "model", "created": created, "owned_by": "playground"} for slug, created in names
        ],
    }


def _error(error: ApiError) -> Json:
    return {"error": {"message": error.message, "type": error.type, "param": error.param, "code": error.code}}


def _frame(run: Run, kind: str) -> Json:
    return {
        "id": f"chatcmpl-{run.pk.hex}",
        "object": kind,
        "created": int(run.created_at.timestamp()),
        "model": run.model_name,
    }


def _chunk(run: Run, delta: Json, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _data({**_frame(run, "chat.completion.chunk"), "choices": [choice]})


def _usage(run: Run) -> Json:
    return {
        "prompt_tokens": run.input_tokens,
        "completion_tokens": run.output_tokens,
        "total_tokens": run.input_tokens + run.output_tokens,
        "prompt_tokens_details": {"cached_tokens": run.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": run.reasoning_tokens},
    }


def _data(value: Json) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
