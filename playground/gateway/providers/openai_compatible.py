"""Chat completions: OpenAI's older interface, spoken by every compatible server."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from playground.gateway.providers.base import Response, answer, count, part, text, usage
from playground.gateway.providers.failures import error_for
from playground.gateway.providers.openai_wire import client, list_models, schema_format, translated
from playground.gateway.types import (
    ChatRequest,
    Delta,
    Event,
    FinishReason,
    Limits,
    ReasoningDelta,
    Target,
    Usage,
)

__all__ = ["list_models", "stream"]

# Every other reason ("tool_calls", "eos", a server's own) means that the model had no more to say.
FINISH: dict[str, FinishReason] = {"length": "length", "content_filter": "content_filter"}


def stream(target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
    def ask() -> AbstractAsyncContextManager[Response]:
        return client(target).chat.completions.with_streaming_response.create(**_body(target, request))

    return answer(ask, Reading(), limits, translated, max_output_tokens=request.max_output_tokens)


def _body(target: Target, request: ChatRequest) -> dict[str, Any]:
    messages = [{"role": turn.role, "content": turn.content} for turn in request.turns]
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
    return body


class Reading:
    """Text, then a finish reason, then the usage, then [DONE]; each of them may be missing or come together."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.done = False
        self._refused = False

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
        if reason := text(choice, "finish_reason"):
            self.finish = "refusal" if self._refused else FINISH.get(reason, "stop")


def _usage(reported: dict[str, object]) -> Usage:
    return usage(
        input_tokens=count(reported, "prompt_tokens"),
        output_tokens=count(reported, "completion_tokens"),
        cached=count(part(reported, "prompt_tokens_details"), "cached_tokens"),
        reasoning=count(part(reported, "completion_tokens_details"), "reasoning_tokens"),
    )
