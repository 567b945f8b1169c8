"""Sentences about where a question went, for people."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

REASONS = {
    "limits": gettext_lazy("%(place)s was at its limit."),
    "rate_limited": gettext_lazy("%(place)s had too many requests at once."),
    "overloaded": gettext_lazy("%(place)s was overloaded."),
    "unreachable": gettext_lazy("%(place)s could not be reached."),
    "timed_out": gettext_lazy("%(place)s did not answer in time."),
    "broken": gettext_lazy("The connection to %(place)s broke off."),
    "credential_rejected": gettext_lazy("%(place)s did not accept our key."),
    "model_missing": gettext_lazy("%(place)s does not serve the model any more."),
    "context_too_long": gettext_lazy("The question is longer than %(place)s can read."),
    "content_refused": gettext_lazy("%(place)s refused the question by its own rules."),
}


def fallback_reason(place: str, code: str) -> str:
    """Why `place` did not answer."""
    return REASONS.get(code, gettext_lazy("%(place)s could not answer.")) % {"place": place}


def in_line(*, seconds: float, ahead: int) -> str:
    """What somebody in line is told. A guess of seconds, so in steps that do not flicker."""
    about = max(1, round(seconds)) if seconds < 10 else round(seconds / 5) * 5  # noqa: PLR2004
    if not ahead:
        return _("Next in line, about %(seconds)s s") % {"seconds": about}
    return ngettext(
        "In line behind %(ahead)s other, about %(seconds)s s",
        "In line behind %(ahead)s others, about %(seconds)s s",
        ahead,
    ) % {"ahead": ahead, "seconds": about}
