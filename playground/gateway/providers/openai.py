"""OpenAI itself: the Responses interface."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from playground.gateway.providers import openai_compatible
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


def stream(target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
    def ask() -> AbstractAsyncContextManager[Response]:
        return opened(client(target), "/responses", _body(target, request))

    if request.stop or request.seed is not None:  # Responses knows neither; the older interface of these models does
        return openai_compatible.stream(target, request, limits)
    return answer(ask, Reading(), limits, translated, max_output_tokens=request.max_output_tokens)


def _body(target: Target, request: ChatRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": target.model,
        "input": [item for turn in request.turns for item in _items(turn)],
        "max_output_tokens": request.max_output_tokens,
        "store": False,
        "stream": True,
    }
    if request.system:
        body["instructions"] = request.system
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.schema is not None:
        body["text"] = {"format": {"type": "json_schema", **schema_format(request.schema)}}
    if request.top_p is not None:
        body["top_p"] = request.top_p
    if request.effort is not None:
        body["reasoning"] = {"effort": request.effort}
    if request.tools:
        body |= _tools(request)
    return body


def _tools(request: ChatRequest) -> dict[str, Any]:
    choice = request.tool_choice
    tools = [
        {
            "type": "function",
            "name": one.name,
            "description": one.description,
            "parameters": one.parameters,
            "strict": one.strict,
        }
        for one in request.tools
    ]
    named = {"type": "function", "name": choice.name}
    body: dict[str, Any] = {"tools": tools, "tool_choice": named if choice.mode == "named" else choice.mode}
    return body if choice.parallel else body | {"parallel_tool_calls": False}


def _items(turn: Turn) -> list[dict[str, Any]]:
    """One, for nearly every turn; calls and their results are items beside the messages."""
    if isinstance(turn.content, str):
        return [{"role": turn.role, "content": turn.content}]
    items: list[dict[str, Any]] = []
    for one in turn.content:
        if isinstance(one, ToolResult):
            items.append({"type": "function_call_output", "call_id": one.call_id, "output": one.content})
    said = [_said(one) for one in turn.content if isinstance(one, Text | Image)]
    if said:
        items.append({"role": turn.role, "content": turn.text if turn.role == "assistant" else said})
    for one in turn.content:
        if isinstance(one, ToolCall):
            call = {"call_id": one.id, "name": one.name, "arguments": one.arguments}
            items.append({"type": "function_call", **call})
    return items


def _said(one: Part) -> dict[str, Any]:
    if isinstance(one, Image):
        return {"type": "input_image", "image_url": data_url(one)}
    return {"type": "input_text", "text": one.text if isinstance(one, Text) else ""}


class Reading:
    """Many kinds of messages; text is in the deltas, all else in the one that closes the response."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.done = False
        self._refused = False
        # The calls so far by their place in the answer, and whether any of their arguments came.
        self._calls: dict[int, bool] = {}

    def read(self, message: dict[str, object]) -> Iterable[Event]:
        match message.get("type"):
            case "response.output_text.delta" | "response.refusal.delta" as kind:
                self._refused = self._refused or kind == "response.refusal.delta"
                return self._delta(text(message, "delta"), Delta)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                return self._delta(text(message, "delta"), ReasoningDelta)
            case "response.output_item.added" | "response.output_item.done" if is_call(message):
                return self._call(message)
            case "response.function_call_arguments.delta":
                return self._arguments(message)
            case "response.completed" | "response.incomplete":
                return self._close(part(message, "response"))
            case "response.failed":
                raise error_for(None, part(message, "response"))
            case "error":
                raise error_for(None, message if "error" in message else message | {"type": "server_error"})
        return ()

    def _delta(self, words: str, kind: type[Delta | ReasoningDelta]) -> Iterable[Event]:
        return (kind(words),) if words else ()

    def _arguments(self, message: dict[str, object]) -> Iterable[Event]:
        index = count(message, "output_index")
        self._calls[index] = True
        return (ToolCallDelta(index, arguments=text(message, "delta")),)

    def _call(self, message: dict[str, object]) -> Iterable[Event]:
        """Id and name come when a call begins; a server that streams no arguments says them when it ends."""
        index, item = count(message, "output_index"), part(message, "item")
        is_new = index not in self._calls
        arguments = "" if self._calls.get(index) else text(item, "arguments")
        self._calls[index] = self._calls.get(index, False) or bool(arguments)
        if is_new:
            return (ToolCallDelta(index, text(item, "call_id"), text(item, "name"), arguments),)
        return (ToolCallDelta(index, arguments=arguments),) if arguments else ()

    def _close(self, response: dict[str, object]) -> Iterable[Event]:
        self.done = True
        if self._refused:
            self.finish = "refusal"
        elif response.get("status") == "incomplete":
            reason = text(part(response, "incomplete_details"), "reason")
            self.finish = "content_filter" if reason == "content_filter" else "length"
        else:
            self.finish = "tool_calls" if self._calls else "stop"
        return (_usage(part(response, "usage")),) if response.get("usage") else ()


def is_call(message: dict[str, object]) -> bool:
    return text(part(message, "item"), "type") == "function_call"


def _usage(reported: dict[str, object]) -> Usage:
    return usage(
        input_tokens=count(reported, "input_tokens"),
        output_tokens=count(reported, "output_tokens"),
        cached=count(part(reported, "input_tokens_details"), "cached_tokens"),
        reasoning=count(part(reported, "output_tokens_details"), "reasoning_tokens"),
    )
