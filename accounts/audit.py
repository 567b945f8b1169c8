"""Who did what to what: the only writer of AuditEvent."""

from collections.abc import Mapping

from django.db.models import Model

from accounts.models import AuditEvent, User


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
