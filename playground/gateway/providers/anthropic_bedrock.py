"""Anthropic's models at Amazon Bedrock: its Messages interface, signed by AWS and answered in AWS's own wrapping.

Needs the extra `bedrock`. The credential is an API key of Bedrock, or `access key id:secret key` (a session token may
follow, after another colon), or empty for the role of the machine.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass

import anthropic
import httpx2
from anthropic.lib.bedrock._stream_decoder import AWSEventStreamDecoder

from playground.gateway.errors import Broken, CredentialRejected, NotInstalled
from playground.gateway.providers.anthropic import ask_messages, embed, translated
from playground.gateway.providers.base import CONNECT_SECONDS, NO_TIMEOUT, POOL, Response
from playground.gateway.providers.clients import client_for
from playground.gateway.types import ChatRequest, Event, Limits, Target

__all__ = ["embed", "list_models", "stream"]

try:
    import boto3
    from botocore.eventstream import ParserError
    from botocore.exceptions import BotoCoreError, NoCredentialsError
except ImportError:  # the extra is not there, and asking says so
    boto3 = None

DEFAULT_REGION = "us-east-1"


def stream(target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
    return ask_messages(client, target, request, limits, border=_border, unwrapped=_unwrapped)


async def list_models(target: Target) -> list[str]:
    """Bedrock's list wants another service and another permission of AWS."""
    return []


def client(target: Target) -> anthropic.AsyncAnthropicBedrock:
    return client_for(target, _make)


def _make(target: Target) -> anthropic.AsyncAnthropicBedrock:
    key_id, has_secret, rest = target.credential.partition(":")
    secret, _, session = rest.partition(":")
    region = target.options.get("region", DEFAULT_REGION)
    made = anthropic.AsyncAnthropicBedrock(
        api_key=None if has_secret or not target.credential else target.credential,
        aws_access_key=key_id if has_secret else None,
        aws_secret_key=secret if has_secret else None,
        aws_session_token=session or None,
        aws_region=region,
        base_url=target.base_url or f"https://bedrock-runtime.{region}.amazonaws.com",
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        open_telemetry=False,
        http_client=anthropic.DefaultAioHttpClient(limits=POOL, timeout=NO_TIMEOUT, follow_redirects=False),
    )
    made._custom_headers = {}
    return made


@dataclass(frozen=True, slots=True)
class _Unwrapped:
    """An answer as server-sent events, whatever it came in."""

    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]

    def iter_bytes(self) -> AsyncIterator[bytes]:
        return self.chunks


@asynccontextmanager
async def _unwrapped(opening: AbstractAsyncContextManager[Response]) -> AsyncIterator[Response]:
    async with opening as response:
        yield _Unwrapped(response.headers, _events(response))


async def _events(response: Response) -> AsyncIterator[bytes]:
    async for event in AWSEventStreamDecoder().aiter_bytes(response.iter_bytes()):
        yield f"data: {event.data}\n\n".encode()


@contextmanager
def _border() -> Iterator[None]:
    """Where the errors of AWS's library become ours, beside those of the SDK."""
    with translated():
        if boto3 is None:
            raise NotInstalled("bedrock")
        try:
            yield
        except NoCredentialsError:
            raise CredentialRejected("no credentials of AWS") from None
        except (BotoCoreError, ParserError, UnicodeDecodeError) as error:
            raise Broken(type(error).__name__) from None
