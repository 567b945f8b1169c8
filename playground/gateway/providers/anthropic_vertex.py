"""Anthropic's models at Google's Vertex AI: its Messages interface with Google's credentials.

Needs the extra `vertex`. The credential is the JSON of a service account's key, or empty for the machine's own account.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import anthropic
import httpx2

from playground.gateway.errors import CredentialRejected, NotInstalled, Unreachable
from playground.gateway.providers.anthropic import ask_messages, embed, translated
from playground.gateway.providers.base import CONNECT_SECONDS, NO_TIMEOUT, POOL
from playground.gateway.providers.clients import client_for
from playground.gateway.types import ChatRequest, Event, Limits, Target

__all__ = ["embed", "list_models", "stream"]

try:
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.oauth2 import service_account
except ImportError:  # the extra is not there, and asking says so
    service_account = None

DEFAULT_REGION = "global"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


def stream(target: Target, request: ChatRequest, limits: Limits) -> AsyncIterator[Event]:
    return ask_messages(client, target, request, limits, border=_border)


async def list_models(target: Target) -> list[str]:
    """Vertex has no list of what a project may use."""
    return []


def client(target: Target) -> anthropic.AsyncAnthropicVertex:
    return client_for(target, _make)


def _make(target: Target) -> anthropic.AsyncAnthropicVertex:
    made = anthropic.AsyncAnthropicVertex(
        region=target.options.get("region", DEFAULT_REGION),
        project_id=target.options.get("project", ""),
        credentials=_account(target.credential) if target.credential else None,
        base_url=target.base_url or None,
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        open_telemetry=False,
        http_client=anthropic.DefaultAioHttpClient(limits=POOL, timeout=NO_TIMEOUT, follow_redirects=False),
    )
    made._custom_headers = {}
    return made


def _account(key: str) -> "service_account.Credentials":
    try:
        return service_account.Credentials.from_service_account_info(json.loads(key), scopes=SCOPES)
    except (ValueError, TypeError, KeyError):
        raise CredentialRejected("not the JSON of a service account") from None


@contextmanager
def _border() -> Iterator[None]:
    """Where the errors of Google's library become ours, beside those of the SDK."""
    with translated():
        if service_account is None:
            raise NotInstalled("vertex")
        try:
            yield
        except TransportError:
            raise Unreachable("the address that gives tokens") from None
        except GoogleAuthError as error:
            raise CredentialRejected(type(error).__name__) from None
