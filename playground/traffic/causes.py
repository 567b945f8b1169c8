"""Why runs and calls fail, in the words of a table."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "bad_request": _("Request not accepted"),
    "context_too_long": _("Too long for the model"),
    "content_refused": _("Refused by content rules"),
    "credential_rejected": _("Our key was not accepted"),
    "model_missing": _("Model no longer there"),
    "rate_limited": _("Too many requests"),
    "overloaded": _("Provider overloaded"),
    "unreachable": _("Provider not reachable"),
    "timed_out": _("No answer in time"),
    "broken": _("Connection broke off"),
    "worker_lost": _("Worker stopped"),
    "restarted": _("Service restarted"),
    "not_started": _("Waited too long"),
    "interrupted": _("Interrupted"),
    "gateway_error": _("Fault of ours"),
}


def name_of(cause: str) -> str:
    return str(NAMES.get(cause, cause.replace("_", " ").capitalize()))
