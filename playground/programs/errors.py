"""What a program is told when something is refused or fails, before a wire puts it into its own shape.

ApiError               500  something broke here that nobody expected; it is in the log
├── NotAccepted           asked otherwise, it may go well
│   ├── BadBody      400  the body is not what the wire asks for; names the parameter
│   ├── BodyTooLong  413  the body is longer than any may be
│   ├── MethodUnknown 405 GET for POST or the reverse
│   ├── KeyRejected  401  no key, or an unknown, expired or revoked one
│   ├── ScopeMissing 403  the key may not do this
│   ├── NotFound     404  no such address, tool or run for this key
│   │   └── ModelUnknown  no such model for this key
│   ├── InputsInvalid 422 a tool was filled in wrongly; names the field
│   └── Refused      422  any other refusal
├── OutOfQuota       429  a limit of money is used up; `retry_after` seconds until it resets
├── TooFast          429  this key asks more often than a key may
├── Failed           502  no provider answered
└── Away             503  our own database does not answer; `retry_after` seconds are worth a try
    └── OutOfService 503  nobody serves the model right now
"""

import logging
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError
from django.http import Http404

from playground.catalog.errors import ModelUnavailable
from playground.lib.refusal import Refusal
from playground.quota.errors import QuotaExceeded
from playground.runs.errors import ModelCannot
from playground.runs.models import Run

# After this many seconds a program should try again when the database was away.
RETRY_SECONDS = 5

logger = logging.getLogger(__name__)


class ApiError(Exception):
    """`type` and `code` are OpenAI's words; `anthropic_type` is Anthropic's word for the same."""

    status = 500
    type = "api_error"
    code = "internal_error"
    anthropic_type = "api_error"

    def __init__(
        self, message: str, *, param: str | None = None, retry_after: int | None = None, **headers: str
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class NotAccepted(ApiError):
    status = 400
    type = code = anthropic_type = "invalid_request_error"


class BadBody(NotAccepted):
    pass


class BodyTooLong(NotAccepted):
    status = 413
    anthropic_type = "request_too_large"


class MethodUnknown(NotAccepted):
    status = 405


class KeyRejected(NotAccepted):
    status = 401
    code = "invalid_api_key"
    anthropic_type = "authentication_error"


class ScopeMissing(NotAccepted):
    status = 403
    code = "insufficient_permissions"
    anthropic_type = "permission_error"


class NotFound(NotAccepted):
    status = 404
    code = "not_found"
    anthropic_type = "not_found_error"


class ModelUnknown(NotFound):
    code = "model_not_found"


class InputsInvalid(NotAccepted):
    status = 422
    code = "invalid_inputs"


class Refused(NotAccepted):
    status = 422
    code = "refused"


class OutOfQuota(ApiError):
    status = 429
    type = code = "insufficient_quota"
    anthropic_type = "rate_limit_error"


class TooFast(ApiError):
    status = 429
    type = "rate_limit_error"
    code = "rate_limit_exceeded"
    anthropic_type = "rate_limit_error"


class Failed(ApiError):
    status = 502
    type = "api_error"
    code = "provider_error"


class Away(ApiError):
    status = 503
    type = "api_error"
    code = "unavailable"
    anthropic_type = "overloaded_error"


class OutOfService(Away):
    code = "model_unavailable"


def from_exception(error: Exception) -> ApiError:
    """What a program is told of anything that a view, or an answer that streams, has raised."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, Refusal):
        return from_refusal(error)
    if isinstance(error, Http404):
        return NotFound("There is nothing of that name for this key.")
    if isinstance(error, OperationalError | InterfaceError):
        return Away("The service is away for a moment. Try again.", retry_after=RETRY_SECONDS)
    logger.error("A program's request broke", exc_info=error)
    return ApiError("Something broke on our side. Say the x-request-id to an admin: the log knows it.")


def from_refusal(refusal: Refusal) -> ApiError:
    """The same "no" for a program."""
    left = f"Left: {refusal.left}." if refusal.left else ""
    resets = f"Resets: {refusal.resets}." if refusal.resets else ""
    message = " ".join(part for part in (refusal.title, left, resets) if part)
    if isinstance(refusal, QuotaExceeded):
        seconds = max(1, int((refusal.resets_at - datetime.now(UTC)).total_seconds()))
        return OutOfQuota(
            message,
            retry_after=seconds,
            x_quota_limit=f"{refusal.scope}/{refusal.period}",
            x_quota_resets=refusal.resets_at.astimezone(UTC).isoformat(timespec="seconds"),
            # A client that tries again by itself would only be refused again.
            x_should_retry="false",
        )
    if isinstance(refusal, ModelUnavailable):
        return OutOfService(message)
    return BadBody(message) if isinstance(refusal, ModelCannot) else Refused(message)


def from_run(run: Run) -> ApiError | None:
    """Why the run brought no answer, or None where it brought one."""
    if run.state == "done":
        return None
    kind = OutOfService if run.error_code == ModelUnavailable.code else Failed
    return kind(run.error_message or f"The run ended as {run.state}.")
