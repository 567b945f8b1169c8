"""What an admin does to a person: let her in, keep her out, give her a role and a place. Every one is in the audit."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.departments import find_or_create_department, keep_one_primary
from accounts.errors import NotPossible
from accounts.models import Membership, Role, Session, Source, User
from accounts.sso import standing


@transaction.atomic
def disable_user(user: User, *, actor: User | None, reason: str) -> User:
    """She is out at once: sessions end here, keys and streams ask `is_active` at every use."""
    if user == actor:
        raise NotPossible(_("You cannot disable yourself. Ask another admin."))
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        Session.objects.filter(user_id=user.pk).delete()
        audit.record(actor, "person.disabled", user, before={"active": True}, after={"active": False}, reason=reason)
    user.is_active = False
    return user


@transaction.atomic
def enable_user(user: User, *, actor: User | None, reason: str) -> User:
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        audit.record(actor, "person.enabled", user, before={"active": False}, after={"active": True}, reason=reason)
    user.is_active = True
    return user


@transaction.atomic
def set_role(user: User, *, role: Role | None, actor: User, reason: str = "") -> User:
    """Give her a role by hand; None gives the decision back to the company's sign-in.

    Then she is an employee until she signs in the next time: the safe side of not knowing.
    """
    if user == actor:
        raise NotPossible(_("You cannot change your own role. Ask another admin."))
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {"role": user.role, "source": user.role_source}
    if role:
        user.role, user.role_source = role, Source.MANUAL
    elif user.role_source == Source.MANUAL:
        user.role, user.role_source = Role.EMPLOYEE, Source.SSO
    after = {"role": user.role, "source": user.role_source}
    if after != before:
        user.save(update_fields=["role", "role_source"])
        audit.record(actor, "person.role_set", user, before=before, after=after, reason=reason)
    return user


@transaction.atomic
def set_manual_membership(user: User, *, department: str, is_owner: bool, actor: User, reason: str = "") -> Membership:
    """Put her into a department by hand, and keep her there whatever the company's sign-in says."""
    user = User.objects.select_for_update().get(pk=user.pk)
    before = standing(user)
    place, _created = Membership.objects.update_or_create(
        user=user,
        department=find_or_create_department(department),
        defaults={"is_owner": is_owner, "source": Source.MANUAL},
    )
    keep_one_primary(user)
    _record_change(user, before, actor, reason)
    return place


@transaction.atomic
def remove_manual_membership(place: Membership, *, actor: User, reason: str = "") -> None:
    user = User.objects.select_for_update().get(pk=place.user_id)
    if place.source != Source.MANUAL:
        raise NotPossible(_("This place comes from the company’s sign-in and would come back. Change it there."))
    before = standing(user)
    Membership.objects.filter(pk=place.pk).delete()
    keep_one_primary(user)
    _record_change(user, before, actor, reason)


@transaction.atomic
def set_primary(place: Membership, *, actor: User, reason: str = "") -> None:
    """From now on this department pays for what she asks."""
    user = User.objects.select_for_update().get(pk=place.user_id)
    before = standing(user)
    Membership.objects.filter(user=user, is_primary=True).update(is_primary=False)
    Membership.objects.filter(pk=place.pk).update(is_primary=True)
    _record_change(user, before, actor, reason)


def _record_change(user: User, before: dict[str, object], actor: User, reason: str) -> None:
    after = standing(user)
    if after != before:
        audit.record(actor, "person.placed", user, before=before, after=after, reason=reason)
