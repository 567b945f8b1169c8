"""Who did what to what: the only writer of AuditEvent."""

from collections.abc import Mapping

from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User

# What happened, in the words of a page. Other rooms' actions are shown as they are called.
WORDS = {
    "person.created": _("Signed in for the first time"),
    "person.synced": _("Changed by the company’s sign-in"),
    "person.disabled": _("Switched off"),
    "person.enabled": _("Switched on"),
    "person.role_set": _("Role set by hand"),
    "person.placed": _("Departments set by hand"),
}


def record(
    actor: User | None,
    action: str,
    target: Model,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Write one line. `actor` is None when the company sign-in or the program itself did it.

    Call it inside the transaction of the change, so that neither is there without the other.
    """
    return AuditEvent.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
    )


def sentence(event: AuditEvent) -> str:
    """What happened and what it changed, for people."""
    changes = [
        f"{_shown(event.before.get(key))} → {_shown(value)}"
        for key, value in event.after.items()
        if key in {"role", "departments"} and event.before.get(key) != value
    ]
    return ": ".join([str(WORDS.get(event.action, event.action)), *([", ".join(changes)] if changes else [])])


def _shown(value: object) -> str:
    """A role by its name, departments by theirs."""
    names = ", ".join(value) if isinstance(value, dict) else str(value or "")
    return names or gettext("none")
