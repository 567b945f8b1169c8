"""The OpenAI SDK: its client, its errors and what both of its interfaces have in common."""

import struct
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple

import aiohttp
import httpx2
import openai

from playground.gateway.errors import BadRequest, Broken, Unreachable
from playground.gateway.providers.base import (
    CONNECT_SECONDS,
    LIST_SECONDS,
    NO_TIMEOUT,
    POOL,
    count,
    parsed,
    part,
    usage,
)
from playground.gateway.providers.clients import client_for
from playground.gateway.providers.clock import Clock
from playground.gateway.providers.failures import error_for
from playground.gateway.types import EmbeddingRequest, Event, Finish, Image, Limits, Target, Vectors

DEFAULT_URL = "https://api.openai.com/v1"
AZURE_API_VERSION = "2024-10-21"


def client(target: Target) -> openai.AsyncOpenAI:
    return client_for(target, _make)


def _make(target: Target) -> openai.AsyncOpenAI:
    made = _azure(target) if target.kind == "azure_openai" else _openai(target)
    # What the SDK has read from OPENAI_ORG_ID, OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS belongs to no target.
    made.organization = made.project = None
    made._custom_headers = {}
    return made


def _openai(target: Target) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        api_key=target.credential or "none",  # a server in the company's own network may want no key
        base_url=target.base_url or DEFAULT_URL,
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        # No redirects: the question and the key go to the address in the catalogue and nowhere else.
        http_client=openai.DefaultAioHttpClient(limits=POOL, timeout=NO_TIMEOUT, follow_redirects=False),
    )


def _azure(target: Target) -> openai.AsyncAzureOpenAI:
    return openai.AsyncAzureOpenAI(
        api_key=target.credential or "none",
        azure_endpoint=target.base_url,
        api_version=target.options.get("api_version", AZURE_API_VERSION),
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        http_client=openai.DefaultAioHttpClient(limits=POOL, timeout=NO_TIMEOUT, follow_redirects=False),
    )


class Opened(NamedTuple):
    """An answer whose head is here."""

    headers: Mapping[str, str]
    iter_bytes: Callable[[], AsyncIterator[bytes]]


@asynccontextmanager
async def opened(client: openai.AsyncOpenAI, path: str, body: Mapping[str, object]) -> AsyncIterator[Opened]:
    """The SDK's own request, by its way for addresses that it has no method for.

    Its methods walk through the body's declared types first, which costs as much as all the rest of a call; the body is
    made of our own types.
    """
    stream = await client.post(path, body=body, cast_to=object, stream=True, stream_cls=openai.AsyncStream[object])
    try:
        yield Opened(stream.response.headers, stream.response.aiter_bytes)
    finally:
        await stream.close()


@contextmanager
def translated() -> Iterator[None]:
    """The one place where this SDK's errors become ours. Causes are dropped: they quote requests."""
    try:
        yield
    except openai.APIStatusError as error:
        raise error_for(error.status_code, error.body, error.response.headers) from None
    except openai.APIConnectionError:
        raise Unreachable from None
    except openai.OpenAIError as error:
        raise BadRequest(type(error).__name__) from None
    except (httpx2.HTTPError, httpx2.StreamError, aiohttp.ClientError, OSError) as error:
        raise Broken(type(error).__name__) from None
    except (ValueError, httpx2.InvalidURL) as error:  # an address or a text that cannot be put on the wire
        raise BadRequest(type(error).__name__) from None


async def list_models(target: Target) -> list[str]:
    with translated():
        page = await client(target).models.list(timeout=LIST_SECONDS)
        return [model.id for model in page.data]


async def embed(target: Target, request: EmbeddingRequest, limits: Limits) -> AsyncIterator[Event]:
    """All vectors in one piece. As bytes: a float in decimal is three times as long, and is parsed for nothing."""
    clock = Clock(total=limits.total)
    body: dict[str, Any] = {"model": target.model, "input": list(request.inputs), "encoding_format": "base64"}
    if request.dimensions is not None:
        body["dimensions"] = request.dimensions
    try:
        with translated():
            opening = client(target).embeddings.with_raw_response.create(**body)
            response = await clock.wait(opening, limits.first_byte)
            answer = parsed(response.content)
    finally:
        clock.stop()
    yield Vectors(_vectors(answer, expected=len(request.inputs)))
    reported = part(answer, "usage")
    if tokens := count(reported, "prompt_tokens") or count(reported, "total_tokens"):
        yield usage(input_tokens=tokens, output_tokens=0, cached=0, reasoning=0)
    yield Finish("stop")


def _vectors(answer: dict[str, object], *, expected: int) -> tuple[bytes, ...]:
    """In the order of the inputs. Servers that know no base64 send numbers."""
    data = answer.get("data")
    rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
    rows.sort(key=lambda row: count(row, "index"))
    try:
        vectors = tuple(_vector(row.get("embedding")) for row in rows)
    except (ValueError, TypeError, struct.error):
        raise Broken("an embedding that is none") from None
    if len(vectors) != expected or not all(vectors):
        raise Broken("not one embedding for each input")
    return vectors


def _vector(value: object) -> bytes:
    if isinstance(value, str):
        packed = b64decode(value, validate=True)
        return packed if len(packed) % 4 == 0 else b""
    numbers = value if isinstance(value, list) else []
    return struct.pack(f"<{len(numbers)}f", *numbers)


def data_url(image: Image) -> str:
    return f"data:{image.media_type};base64,{image.data}"


def schema_format(schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": "answer", "schema": schema, "strict": is_strict(schema)}


def is_strict(schema: object) -> bool:
    """Whether the schema is of the narrow kind that OpenAI can enforce: closed objects, everything required."""
    if isinstance(schema, list):
        return all(is_strict(item) for item in schema)
    if not isinstance(schema, dict):
        return True
    properties = schema.get("properties")
    if isinstance(properties, dict):
        closed = schema.get("additionalProperties") is False and set(schema.get("required", ())) == set(properties)
        return closed and all(is_strict(item) for item in properties.values())
    return schema.get("type") != "object" and all(is_strict(item) for item in schema.values())
