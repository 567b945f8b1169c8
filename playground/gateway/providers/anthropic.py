"""Anthropic: the Messages interface."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any

import aiohttp
import anthropic
import httpx2

from playground.gateway.errors import BadRequest, Broken, Unreachable
from playground.gateway.providers.base import (
    CONNECT_SECONDS,
    LIST_SECONDS,
    NO_TIMEOUT,
    POOL,
    Response,
    answer,
    count,
    part,
    text,
    usage,
)
from playground.gateway.providers.clients import client_for
from playground.gateway.providers.failures import error_for
from playground.gateway.types import ChatRequest, Delta, Event, FinishReason, Limits, ReasoningDelta, Target

DEFAULT_URL = "https://api.anthropic.com"
FINISH: dict[str, FinishReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}


def stream(target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
    def ask() -> AbstractAsyncContextManager[Response]:
        return client(target).messages.with_streaming_response.create(**_body(target, request))

    return answer(ask, Reading(), limits, translated, max_output_tokens=request.max_output_tokens)


async def list_models(target: Target) -> list[str]:
    with translated():
        page = await client(target).models.list(limit=1000, timeout=LIST_SECONDS)
        return [model.id for model in page.data]


def client(target: Target) -> anthropic.AsyncAnthropic:
    return client_for(target, _make)


def _make(target: Target) -> anthropic.AsyncAnthropic:
    made = anthropic.AsyncAnthropic(
        api_key=target.credential or "none",
        base_url=target.base_url or DEFAULT_URL,
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        open_telemetry=False,  # it would send the ids of our traces to the provider
        http_client=anthropic.DefaultAioHttpClient(limits=POOL, timeout=NO_TIMEOUT, follow_redirects=False),
    )
    # Replaces what the SDK has read from ANTHROPIC_CUSTOM_HEADERS. It sends the key as a bearer token; gateways of
    # companies still look for it where it used to be.
    made._custom_headers = {"X-Api-Key": target.credential} if target.base_url and target.credential else {}
    return made


@contextmanager
def translated() -> Iterator[None]:
    """The one place where this SDK's errors become ours. Causes are dropped: they quote requests."""
    try:
        yield
    except anthropic.APIStatusError as error:
        raise error_for(error.status_code, error.body, error.response.headers) from None
    except anthropic.APIConnectionError:
        raise Unreachable from None
    except anthropic.AnthropicError as error:
        raise BadRequest(type(error).__name__) from None
    except (httpx2.HTTPError, httpx2.StreamError, aiohttp.ClientError, OSError) as error:
        raise Broken(type(error).__name__) from None
    except (ValueError, httpx2.InvalidURL) as error:  # an address or a text that cannot be put on the wire
        raise BadRequest(type(error).__name__) from None


def _body(target: Target, request: ChatRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": target.model,
        "max_tokens": request.max_output_tokens,
        "messages": [{"role": turn.role, "content": turn.content} for turn in request.turns],
        "stream": True,
    }
    if request.system:
        body["system"] = request.system
    if request.stop:
        body["stop_sequences"] = list(request.stop)
    if request.schema is not None:
        # Closes the objects and turns what cannot be enforced into words, as the interface demands.
        schema = anthropic.transform_schema(request.schema)
        body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    if request.temperature is not None:
        body["extra_body"] = {"temperature": request.temperature}  # left the signature, not the wire
    return body


class Reading:
    """Input tokens come first, output tokens and the reason last; both usages are cumulative."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.done = False
        self._reported: dict[str, object] = {}

    def read(self, message: dict[str, object]) -> Iterable[Event]:
        match message.get("type"):
            case "content_block_delta":
                return self._delta(part(message, "delta"))
            case "message_start":
                return self._usage(part(part(message, "message"), "usage"))
            case "message_delta":
                if reason := text(part(message, "delta"), "stop_reason"):
                    self.finish = FINISH.get(reason, "stop")
                return self._usage(part(message, "usage"))
            case "message_stop":
                self.done = True
            case "error":
                raise error_for(None, message)
        return ()

    def _delta(self, delta: dict[str, object]) -> Iterable[Event]:
        if words := text(delta, "text"):
            return (Delta(words),)
        if thought := text(delta, "thinking"):
            return (ReasoningDelta(thought),)
        return ()

    def _usage(self, reported: dict[str, object]) -> Iterable[Event]:
        if not reported:
            return ()
        self._reported |= {name: value for name, value in reported.items() if value is not None}
        known = self._reported
        cached = count(known, "cache_read_input_tokens")
        return (
            usage(
                input_tokens=count(known, "input_tokens") + cached + count(known, "cache_creation_input_tokens"),
                output_tokens=count(known, "output_tokens"),
                cached=cached,
                reasoning=count(part(known, "output_tokens_details"), "thinking_tokens"),
            ),
        )
