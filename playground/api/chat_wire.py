"""OpenAI's chat completions: its body into our request, our answer into its chunks."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from playground.api import chat_body as body
from playground.api.calling import Calling
from playground.api.functions import content, effort, joined, require_question
from playground.api.pictures import image_from
from playground.api.question import Question
from playground.gateway.types import (
    ChatRequest,
    Function,
    Part,
    Text,
    ToolCall,
    ToolCallDelta,
    ToolChoice,
    ToolResult,
    Turn,
)
from playground.lib.money import MICRO
from playground.programs import shapes
from playground.programs.body import read_body
from playground.programs.errors import ApiError, BadBody
from playground.runs.events import Piece
from playground.runs.models import Run

Json = dict[str, Any]
FINISH = {
    "length": "length",
    "content_filter": "content_filter",
    "refusal": "content_filter",
    "tool_calls": "tool_calls",
}


def read(request: HttpRequest) -> Question:
    """Raises BadBody, which names the parameter."""
    asked = read_body(request, body.ChatBody)
    turns = joined(_turn(message) for message in asked.messages if not isinstance(message, body.SystemMessage))
    require_question(turns, "messages")
    stop = [asked.stop] if isinstance(asked.stop, str) else asked.stop or []
    return Question(
        model=asked.model,
        stream=bool(asked.stream),
        writer=partial(ChatWriter, asked),
        request=ChatRequest(
            turns=turns,
            system="\n\n".join(_text(one.content) for one in asked.messages if isinstance(one, body.SystemMessage)),
            max_output_tokens=asked.max_completion_tokens or asked.max_tokens or settings.DEFAULT_MAX_OUTPUT_TOKENS,
            temperature=asked.temperature,
            top_p=asked.top_p,
            seed=asked.seed,
            effort=effort(asked.reasoning_effort),
            stop=tuple(stop),
            schema=_schema(asked.response_format),
            tools=tuple(_function(tool.function) for tool in asked.tools or ()),
            tool_choice=_choice(asked),
        ),
    )


def _turn(message: body.UserMessage | body.AssistantMessage | body.ToolMessage) -> Turn:
    if isinstance(message, body.ToolMessage):
        return Turn("user", (ToolResult(message.tool_call_id, _text(message.content)),))
    if isinstance(message, body.UserMessage):
        return Turn("user", content(_parts(message)))
    said = message.content or message.refusal or ""
    calls = [ToolCall(call.id, call.function.name, call.function.arguments) for call in message.tool_calls or ()]
    return Turn("assistant", content([Text(_text(said)), *calls]))


def _parts(message: body.UserMessage) -> list[Part]:
    if isinstance(message.content, str):
        return [Text(message.content)]
    return [
        Text(part.text) if isinstance(part, body.TextPart) else image_from(part.image_url.url)
        for part in message.content
    ]


def _text(said: str | list[body.TextPart] | list[body.TextPart | body.RefusalPart]) -> str:
    if isinstance(said, str):
        return said
    return "".join(part.text if isinstance(part, body.TextPart) else part.refusal for part in said)


def _schema(wanted: body.ResponseFormat | None) -> Json | None:
    if wanted is None or wanted.type == "text":
        return None
    if wanted.type == "json_object":
        return {"type": "object"}
    if wanted.json_schema is None:
        raise BadBody("response_format.json_schema is required.", param="response_format.json_schema")
    return wanted.json_schema.schema_


def _function(given: body.Function) -> Function:
    return Function(given.name, given.description or "", given.parameters or {}, strict=bool(given.strict))


def _choice(asked: body.ChatBody) -> ToolChoice:
    parallel = asked.parallel_tool_calls is not False
    if isinstance(asked.tool_choice, body.NamedTool):
        return ToolChoice("named", asked.tool_choice.function.name, parallel)
    return ToolChoice(asked.tool_choice or "auto", parallel=parallel)


class ChatWriter:
    """One answer as a chat.completion, or as its chunks."""

    def __init__(self, asked: body.ChatBody, run: Run) -> None:
        self._includes_usage = bool(asked.stream_options and asked.stream_options.include_usage)
        self._calling = Calling()
        self._about = {
            "id": f"chatcmpl-{run.pk.hex}",
            "created": int(run.created_at.timestamp()),
            "model": asked.model,
            "system_fingerprint": None,
        }

    def whole(self, run: Run) -> Json:
        message: Json = {"role": "assistant", "content": run.output or None, "refusal": None}
        if run.reasoning:
            message["reasoning_content"] = run.reasoning
        if run.calls:
            message["tool_calls"] = [_call(call) for call in run.calls]
        elif not run.output:
            message["content"] = ""
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(run)}
        return {"object": "chat.completion", **self._about, "choices": [choice], "usage": usage(run)}

    def first(self) -> str:
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, piece: Piece) -> str:
        thought = self._chunk({"reasoning_content": piece.reasoning}) if piece.reasoning else ""
        text = self._chunk({"content": piece.text}) if piece.text else ""
        return thought + text + self._called(self._calling.of(piece))

    def last(self, run: Run) -> str:
        chunks = self._called(self._calling.rest(run)) + self._chunk({}, _finish(run))
        if self._includes_usage:
            chunks += _data({"object": "chat.completion.chunk", **self._about, "choices": [], "usage": usage(run)})
        return f"{chunks}data: [DONE]\n\n"

    def broken(self, error: ApiError) -> str:
        return _data(shapes.openai(error))

    def _called(self, news: Iterable[ToolCallDelta]) -> str:
        return "".join(self._chunk({"tool_calls": [_delta(one)]}) for one in news)

    def _chunk(self, delta: Json, finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({"object": "chat.completion.chunk", **self._about, "choices": [choice]})


def _call(call: dict[str, str]) -> Json:
    function = {"name": call["name"], "arguments": call["arguments"]}
    return {"id": call["id"], "type": "function", "function": function}


def _delta(news: ToolCallDelta) -> Json:
    if not news.name:
        return {"index": news.index, "function": {"arguments": news.arguments}}
    return {"index": news.index, **_call({"id": news.id, "name": news.name, "arguments": news.arguments})}


def _finish(run: Run) -> str:
    return FINISH.get(run.finish_reason, "stop")


def usage(run: Run) -> Json:
    """With the cost in the company's currency, which OpenAI's own answers do not have."""
    return {
        "prompt_tokens": run.input_tokens,
        "completion_tokens": run.output_tokens,
        "total_tokens": run.input_tokens + run.output_tokens,
        "prompt_tokens_details": {"cached_tokens": run.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": run.reasoning_tokens},
        "cost": run.cost / MICRO,
    }


def _data(value: Json) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
