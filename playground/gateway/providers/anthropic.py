"""Anthropic: the Messages interface."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import Any, Protocol

import aiohttp
import anthropic
import httpx2
import jiter
from anthropic.resources.messages import AsyncMessages

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
from playground.gateway.providers.prefixes import mark_prefixes
from playground.gateway.types import (
    ChatRequest,
    Delta,
    EmbeddingRequest,
    Event,
    Finish,
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
)

DEFAULT_URL = "https://api.anthropic.com"
FINISH: dict[str, FinishReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
    "tool_use": "tool_calls",
}
MODES = {"auto": "auto", "none": "none", "required": "any", "named": "tool"}


class Messenger(Protocol):
    """What the SDK's clients for Anthropic itself and for the clouds have in common."""

    @property
    def messages(self) -> AsyncMessages: ...

    async def close(self) -> None: ...


def stream(target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
    return ask_messages(client, target, request, limits)


def ask_messages(
    client_of: Callable[[Target], Messenger],
    target: Target,
    request: ChatRequest,
    limits: Limits,
    *,
    border: Callable[[], AbstractContextManager[None]] | None = None,
    unwrapped: Callable[[AbstractAsyncContextManager[Response]], AbstractAsyncContextManager[Response]] = lambda it: it,
) -> AsyncIterator[Event]:
    """Ask through any of those clients.

    `border` translates the errors of a cloud's own library too. `unwrapped` turns an answer in another wrapping into
    server-sent events.
    """

    def ask() -> AbstractAsyncContextManager[Response]:
        return unwrapped(client_of(target).messages.with_streaming_response.create(**_body(target, request)))

    return answer(ask, Reading(), limits, border or translated, max_output_tokens=request.max_output_tokens)


async def embed(target: Target, request: EmbeddingRequest, limits: Limits) -> AsyncIterator[Event]:
    for _ in request.inputs:
        raise BadRequest("this provider has no embeddings")
    yield Finish("stop")


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
        "messages": [{"role": turn.role, "content": _content(turn)} for turn in request.turns],
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
    if request.effort == "none":
        body["thinking"] = {"type": "disabled"}
    elif request.effort is not None:
        body["output_config"] = body.get("output_config", {}) | {"effort": request.effort}
    # They left the signature, not the wire.
    sampling = {"temperature": request.temperature, "top_p": request.top_p}
    if given := {name: value for name, value in sampling.items() if value is not None}:
        body["extra_body"] = given
    if request.tools:
        body |= _tools(request)
    return mark_prefixes(body)


def _tools(request: ChatRequest) -> dict[str, Any]:
    tools = [
        {"name": one.name, "description": one.description, "input_schema": {"type": "object"} | one.parameters}
        for one in request.tools
    ]
    choice: dict[str, Any] = {"type": MODES[request.tool_choice.mode]}
    if request.tool_choice.mode == "named":
        choice["name"] = request.tool_choice.name
    if not request.tool_choice.parallel and choice["type"] != "none":
        choice["disable_parallel_tool_use"] = True
    return {"tools": tools, "tool_choice": choice}


def _content(turn: Turn) -> str | list[dict[str, Any]]:
    """Results go first, as the interface demands."""
    if isinstance(turn.content, str):
        return turn.content
    return [_block(one) for one in sorted(turn.content, key=lambda one: not isinstance(one, ToolResult))]


def _block(one: Part) -> dict[str, Any]:
    match one:
        case Text():
            return {"type": "text", "text": one.text}
        case Image():
            return {"type": "image", "source": {"type": "base64", "media_type": one.media_type, "data": one.data}}
        case ToolCall():
            return {"type": "tool_use", "id": one.id, "name": one.name, "input": _object(one.arguments)}
        case ToolResult():
            block = {"type": "tool_result", "tool_use_id": one.call_id, "content": one.content}
            return block | ({"is_error": True} if one.is_error else {})


def _object(arguments: str) -> dict[str, Any]:
    """What a model of another vendor has written may be empty, or no object at all."""
    try:
        value = jiter.from_json(arguments.encode())
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


class Reading:
    """Input tokens come first, output tokens and the reason last; both usages are cumulative."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.done = False
        self._reported: dict[str, object] = {}

    def read(self, message: dict[str, object]) -> Iterable[Event]:
        match message.get("type"):
            case "content_block_delta":
                return self._delta(part(message, "delta"), count(message, "index"))
            case "content_block_start":
                return self._start(part(message, "content_block"), count(message, "index"))
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

    def _start(self, block: dict[str, object], index: int) -> Iterable[Event]:
        if text(block, "type") != "tool_use":
            return ()
        return (ToolCallDelta(index, text(block, "id"), text(block, "name")),)

    def _delta(self, delta: dict[str, object], index: int) -> Iterable[Event]:
        if words := text(delta, "text"):
            return (Delta(words),)
        if thought := text(delta, "thinking"):
            return (ReasoningDelta(thought),)
        if arguments := text(delta, "partial_json"):
            return (ToolCallDelta(index, arguments=arguments),)
        return ()

    def _usage(self, reported: dict[str, object]) -> Iterable[Event]:
        if not reported:
            return ()
        self._reported |= {name: value for name, value in reported.items() if value is not None}
        known = self._reported
        cached, written = count(known, "cache_read_input_tokens"), count(known, "cache_creation_input_tokens")
        return (
            usage(
                input_tokens=count(known, "input_tokens") + cached + written,
                output_tokens=count(known, "output_tokens"),
                cached=cached,
                reasoning=count(part(known, "output_tokens_details"), "thinking_tokens"),
                cache_write=written,
            ),
        )
