"""OpenAI itself: the Responses interface."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from playground.gateway.providers import openai_compatible
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


def stream(target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
    def ask() -> AbstractAsyncContextManager[Response]:
        return client(target).responses.with_streaming_response.create(**_body(target, request))

    if request.stop:  # Responses knows no stop sequences; the older interface of the same models does
        return openai_compatible.stream(target, request, limits)
    return answer(ask, Reading(), limits, translated, max_output_tokens=request.max_output_tokens)


def _body(target: Target, request: ChatRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": target.model,
        "input": [{"role": turn.role, "content": turn.content} for turn in request.turns],
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
    return body


class Reading:
    """Many kinds of messages; text is in the deltas, all else in the one that closes the response."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.done = False
        self._refused = False

    def read(self, message: dict[str, object]) -> Iterable[Event]:
        match message.get("type"):
            case "response.output_text.delta":
                return self._delta(text(message, "delta"), Delta)
            case "response.refusal.delta":
                self._refused = True
                return self._delta(text(message, "delta"), Delta)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                return self._delta(text(message, "delta"), ReasoningDelta)
            case "response.completed" | "response.incomplete":
                return self._close(part(message, "response"))
            case "response.failed":
                raise error_for(None, part(message, "response"))
            case "error":
                raise error_for(None, message if "error" in message else message | {"type": "server_error"})
        return ()

    def _delta(self, words: str, kind: type[Delta | ReasoningDelta]) -> Iterable[Event]:
        return (kind(words),) if words else ()

    def _close(self, response: dict[str, object]) -> Iterable[Event]:
        self.done = True
        if self._refused:
            self.finish = "refusal"
        elif response.get("status") == "incomplete":
            reason = text(part(response, "incomplete_details"), "reason")
            self.finish = "content_filter" if reason == "content_filter" else "length"
        else:
            self.finish = "stop"
        return (_usage(part(response, "usage")),) if response.get("usage") else ()


def _usage(reported: dict[str, object]) -> Usage:
    return usage(
        input_tokens=count(reported, "input_tokens"),
        output_tokens=count(reported, "output_tokens"),
        cached=count(part(reported, "input_tokens_details"), "cached_tokens"),
        reasoning=count(part(reported, "output_tokens_details"), "reasoning_tokens"),
    )
