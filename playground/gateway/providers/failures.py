"""What a provider's status and words mean, in our tree. Both vendors' vocabularies are told apart by no one else.

The provider's own message decides but is never kept: it may quote the question or the key, and errors are logged.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from playground.gateway.errors import (
    BadRequest,
    ContentRefused,
    ContextTooLong,
    CredentialRejected,
    GatewayError,
    ModelMissing,
    Overloaded,
    RateLimited,
    TimedOut,
    Unreachable,
)
from playground.gateway.providers.told import told_by

BY_STATUS: dict[int, type[GatewayError]] = {
    401: CredentialRejected,
    402: CredentialRejected,
    403: CredentialRejected,
    404: ModelMissing,
    408: TimedOut,
    409: Overloaded,
    413: ContextTooLong,
    425: Overloaded,
    429: RateLimited,
    499: Overloaded,
    504: TimedOut,
}

# The `code` of an error, which says more and is asked first, or its `type`.
BY_WORD: dict[str, type[GatewayError]] = {
    "authentication_error": CredentialRejected,
    "auth_error": CredentialRejected,
    "permission_error": CredentialRejected,
    "billing_error": CredentialRejected,
    "not_found_error": ModelMissing,
    "request_too_large": ContextTooLong,
    "rate_limit_error": RateLimited,
    "timeout_error": TimedOut,
    "overloaded_error": Overloaded,
    "context_length_exceeded": ContextTooLong,
    "invalid_api_key": CredentialRejected,
    "insufficient_quota": CredentialRejected,
    "billing_hard_limit_reached": CredentialRejected,
    "project_spend_limit_exceeded": CredentialRejected,
    "model_not_found": ModelMissing,
    "content_filter": ContentRefused,
    "content_policy_violation": ContentRefused,
    "invalid_prompt": ContentRefused,
    "rate_limit_exceeded": RateLimited,
    # Of Bedrock, inside a stream.
    "throttlingException": RateLimited,
    "modelTimeoutException": TimedOut,
    "validationException": BadRequest,
}

# Servers that know only one code for every 400 tell the case apart in English.
BY_MESSAGE: tuple[tuple[re.Pattern[str], type[GatewayError]], ...] = (
    (re.compile(r"context (length|window)|maximum context|prompt is too long|input is too long", re.I), ContextTooLong),
    (re.compile(r"api key not valid|incorrect api key|invalid api key|credit balance", re.I), CredentialRejected),
    (re.compile(r"invalid model name|model .{0,80}(does not exist|not found)", re.I), ModelMissing),
    (re.compile(r"content (management )?policy|content filter", re.I), ContentRefused),
)

WORD = re.compile(r"[A-Za-z0-9_.-]{1,60}")
MAX_RETRY_AFTER = 24 * 3600.0


def error_for(status: int | None, body: object, headers: Mapping[str, str] | None = None) -> GatewayError:
    """The error of an HTTP answer, or of an error event in a stream (`status` None)."""
    error = body if isinstance(body, dict) else {}
    if isinstance(error.get("error"), dict):
        error = error["error"]
    words = [word for word in (error.get("code"), error.get("type")) if isinstance(word, str) and WORD.fullmatch(word)]
    detail = " ".join([str(status or "in the stream"), *words])
    kind, retry_after = _kind(status, words, error), _retry_after(headers or {})
    if retry_after is None and kind is RateLimited and (told := told_by(headers or {})):
        retry_after = told.reset
    return kind(detail, retry_after=retry_after)


def _kind(status: int | None, words: list[str], error: Mapping[object, object]) -> type[GatewayError]:
    code, message = error.get("code"), error.get("message")
    if status is None and type(code) is int:  # some routers put the status of their upstream there
        status = code
    for word in words:
        if word in BY_WORD:
            return BY_WORD[word]
    if isinstance(message, str) and status in {None, 400, 404, 422}:
        for pattern, kind in BY_MESSAGE:
            if pattern.search(message[:2000]):
                return kind
    if status is None:
        return BadRequest if "invalid_request_error" in words else Overloaded
    if status < 400:  # noqa: PLR2004 - a redirect: the address in the catalogue is not the provider's any more
        return Unreachable
    return BY_STATUS.get(status, Overloaded if status >= 500 else BadRequest)  # noqa: PLR2004


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from the milliseconds, the seconds or the date that the provider gave."""
    value = headers.get("retry-after") or ""
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        elif value.strip().replace(".", "", 1).isdigit():
            seconds = float(value)
        elif value:
            seconds = (parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)).total_seconds()
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)
