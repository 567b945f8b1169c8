"""Chat completions: OpenAI's older interface, spoken by every compatible server."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from playground.gateway.providers.base import Response, answer, count, part, text, usage
from playground.gateway.providers.failures import error_for
from playground.gateway.providers.openai_wire import (
    client,
    data_url,
    embed,
    list_models,
    opened,
    schema_format,
    translated,
)
from playground.gateway.types import (
    ChatRequest,
    Delta,
    Event,
    FinishReason,
    Image,
    Limits,
    Part,
    ReasoningDelta,
    Target,
    Text,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Turn,
    Usage,
)

__all__ = ["embed", "list_models", "stream"]

# Every other reason ("eos", a server's own) means that the model had no more to say.
FINISH: dict[str, FinishReason] = {"length": "length", "content_filter": "content_filter"}


def stream(target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
    def ask() -> AbstractAsyncContextManager[Response]:
        return opened(client(target), "/chat/completions", _body(target, request))

    return answer(ask, Reading(), limits, translated, max_output_tokens=request.max_output_tokens)


def _body(target: Target, request: ChatRequest) -> dict[str, Any]:
    messages = [message for turn in request.turns for message in _messages(turn)]
    if request.system:
        messages.insert(0, {"role": "system", "content": request.system})
    body: dict[str, Any] = {
        "model": target.model,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if target.kind == "openai":
        body |= {"max_completion_tokens": request.max_output_tokens, "store": False}
    elif target.kind == "azure_openai":  # stores nothing unless asked to; some refuse the word
        body["max_completion_tokens"] = request.max_output_tokens
    else:
        # The older name: servers that know only this one ignore the newer in silence, which would spend without a
        # limit; those that know both accept either, and a proxy in front of OpenAI translates it.
        body["max_tokens"] = request.max_output_tokens
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.stop:
        body["stop"] = list(request.stop)
    if request.schema is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": schema_format(request.schema)}
    if request.top_p is not None:
        body["top_p"] = request.top_p
    if request.seed is not None:
        body["seed"] = request.seed
    if request.effort is not None:
        body["reasoning_effort"] = request.effort
    if request.tools:
        body |= _tools(request)
    return body


def _tools(request: ChatRequest) -> dict[str, Any]:
    choice = request.tool_choice
    tools = []
    for one in request.tools:
        function: dict[str, Any] = {"name": one.name, "description": one.description, "parameters": one.parameters}
        tools.append({"type": "function", "function": function | ({"strict": True} if one.strict else {})})
    named = {"type": "function", "function": {"name": choice.name}}
    body: dict[str, Any] = {"tools": tools, "tool_choice": named if choice.mode == "named" else choice.mode}
    return body if choice.parallel else body | {"parallel_tool_calls": False}


def _messages(turn: Turn) -> list[dict[str, Any]]:
    """One, for nearly every turn; each result of a function is one of its own, before the words beside it."""
    if isinstance(turn.content, str):
        return [{"role": turn.role, "content": turn.content}]
    calls = [
        {"id": part.id, "type": "function", "function": {"name": part.name, "arguments": part.arguments}}
        for part in turn.content
        if isinstance(part, ToolCall)
    ]
    if turn.role == "assistant":
        return [{"role": "assistant", "content": turn.text or None} | ({"tool_calls": calls} if calls else {})]
    results = [
        {"role": "tool", "tool_call_id": part.call_id, "content": part.content}
        for part in turn.content
        if isinstance(part, ToolResult)
    ]
    said = [_said(part) for part in turn.content if isinstance(part, Text | Image)]
    return [*results, *([{"role": "user", "content": said}] if said else [])]


def _said(part: Part) -> dict[str, Any]:
    if isinstance(part, Image):
        return {"type": "image_url", "image_url": {"url": data_url(part)}}
    return {"type": "text", "text": part.text if isinstance(part, Text) else ""}


class Reading:
    """Text, then a finish reason, then the usage, then [DONE]; each of them may be missing or come together."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.done = False
        self._refused = False
        self._last: FinishReason = "stop"

    def read(self, message: dict[str, object]) -> Iterable[Event]:
        if message.get("error"):
            raise error_for(None, message)
        events: list[Event] = []
        choices = message.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            self._read_choice(choices[0], events)
        if message.get("usage"):
            events.append(_usage(part(message, "usage")))
        return events

    def _read_choice(self, choice: dict[str, object], events: list[Event]) -> None:
        delta = part(choice, "delta")
        if thought := text(delta, "reasoning_content") or text(delta, "reasoning"):
            events.append(ReasoningDelta(thought))
        if words := text(delta, "content"):
            events.append(Delta(words))
        if refusal := text(delta, "refusal"):
            self._refused = True
            events.append(Delta(refusal))
        calls = delta.get("tool_calls")
        if isinstance(calls, list):
            events.extend(self._call(call, number) for number, call in enumerate(calls) if isinstance(call, dict))
        if reason := text(choice, "finish_reason"):
            self.finish = "refusal" if self._refused else FINISH.get(reason, self._last)

    def _call(self, call: dict[str, object], number: int) -> ToolCallDelta:
        """Some servers say "stop" after a call, and some number none."""
        self._last = "tool_calls"
        function = part(call, "function")
        index = count(call, "index") if "index" in call else number
        return ToolCallDelta(index, text(call, "id"), text(function, "name"), text(function, "arguments"))


def _usage(reported: dict[str, object]) -> Usage:
    return usage(
        input_tokens=count(reported, "prompt_tokens"),
        output_tokens=count(reported, "completion_tokens"),
        cached=count(part(reported, "prompt_tokens_details"), "cached_tokens"),
        reasoning=count(part(reported, "completion_tokens_details"), "reasoning_tokens"),
    )
