"""Everything that can go wrong with a provider, in one tree. SDK errors are translated to it in the adapters only.

GatewayError
├── BadRequest             the provider does not accept the request           nothing to retry
│   └── ContextTooLong     the question is longer than the model reads
├── ContentRefused         the provider's policy refused it
├── CredentialRejected     our key is wrong, or may not use this model         an admin has to act
├── ModelMissing           the provider does not know the model                an admin has to act
├── NotInstalled           an optional part of this installation is needed     an admin has to act
└── Transient              may pass by itself: the next target, or a retry
    ├── RateLimited        too many requests; `retry_after` seconds if it said so
    ├── Overloaded         5xx, 529
    ├── Unreachable        no connection
    ├── TimedOut           no first byte, or too long between two events
    └── Broken             the stream was cut, or was not what the protocol says
"""


class GatewayError(Exception):
    """`code` is for programs and the Attempt row; `sentence` is what a person reads, with {model} to fill in."""

    code = "gateway_error"
    sentence = "{model} could not answer."

    def __init__(self, detail: str = "", *, retry_after: float | None = None, was_accepted: bool = False) -> None:
        super().__init__(detail or self.code)
        self.retry_after = retry_after
        # The provider had taken the question and then fell silent: it may count it.
        self.was_accepted = was_accepted


class BadRequest(GatewayError):
    code = "bad_request"
    sentence = "{model} did not accept this request. Change the question or pick another model."


class ContextTooLong(BadRequest):
    code = "context_too_long"
    sentence = "This is longer than {model} can read. Shorten it or start a new chat."


class ContentRefused(GatewayError):
    code = "content_refused"
    sentence = "The provider of {model} refused this question by its own rules."


class CredentialRejected(GatewayError):
    code = "credential_rejected"
    sentence = "{model} cannot be used right now: its provider does not accept our key. Please tell an admin."


class ModelMissing(GatewayError):
    code = "model_missing"
    sentence = "The provider no longer serves {model}. Pick another model, and please tell an admin."


class NotInstalled(GatewayError):
    code = "not_installed"
    sentence = "{model} cannot be used: a part that this installation needs for it is missing. Please tell an admin."


class Transient(GatewayError):
    code = "transient"


class RateLimited(Transient):
    code = "rate_limited"
    sentence = "{model} is busy: too many requests at once. Try again in a moment."


class Overloaded(Transient):
    code = "overloaded"
    sentence = "{model} is overloaded right now. Try again in a moment, or pick another model."


class Unreachable(Transient):
    code = "unreachable"
    sentence = "{model} cannot be reached right now. Try again in a moment, or pick another model."


class TimedOut(Transient):
    code = "timed_out"
    sentence = "No answer from {model} in time. Try again, or pick another model."


class Broken(Transient):
    code = "broken"
    sentence = "The connection to {model} broke off. What was written so far is kept."
