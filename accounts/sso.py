"""What the company's sign-in says about a person, and what we make of it.

A person is known by (issuer, subject) and by nothing else: e-mail addresses and user names change owners.
"""

import hashlib
from collections.abc import Mapping as Claims
from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.departments import find_or_create_department, keep_one_primary
from accounts.models import Membership, Role, Source, User

PROVIDER = "sso"
RANK = [Role.EMPLOYEE, Role.POWER_USER, Role.ADMIN]
NAMES = ("name", "preferred_username", "email")
LONGEST_DEPARTMENT_NAME = 120


@dataclass(frozen=True, slots=True)
class Mapping:
    """The claims in our words."""

    departments: tuple[str, ...] = ()
    owns: frozenset[str] = frozenset()
    role: Role = Role.EMPLOYEE
    name: str = ""
    given_name: str = ""
    email: str = ""
    locale: str = ""


def map_claims(claims: Claims[str, object]) -> Mapping:
    """Pure. A claim that is missing means none: nothing is kept from an earlier sign-in."""
    departments = _departments(claims.get(settings.OIDC_DEPARTMENT_CLAIM))
    owned = _departments(claims.get(settings.OIDC_OWNER_CLAIM))
    return Mapping(
        departments=tuple(dict.fromkeys([*departments, *owned])),
        owns=frozenset(owned),
        role=_role(claims.get(settings.OIDC_ROLE_CLAIM)),
        name=next(filter(None, (_text(claims.get(key)) for key in NAMES)), "")[:150],
        given_name=_text(claims.get("given_name"))[:150],
        email=_email(claims.get("email")),
        locale=_text(claims.get("locale"))[:35],
    )


def _text(value: object) -> str:
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in map(_text, values) if text]


def _departments(value: object) -> list[str]:
    names = _texts(value)
    known: dict[str, str] = settings.OIDC_DEPARTMENT_NAMES
    if known:
        names = [known[name] for name in names if name in known]
    return [name for name in names if len(name) <= LONGEST_DEPARTMENT_NAME]


def _role(value: object) -> Role:
    named: dict[str, str] = settings.OIDC_ROLE_NAMES
    words = {named.get(word, word) for word in _texts(value)}
    return max((role for role in RANK if role.value in words), key=RANK.index, default=Role.EMPLOYEE)


def _email(value: object) -> str:
    """Where to write to her, never who she is."""
    email = _text(value)
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email


def uid_for(issuer: str, subject: str) -> str:
    """The key of the link: one person of one issuer. A hash, because both may be long."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def account_for(issuer: str, subject: str, claims: Claims[str, object] | None = None) -> SocialAccount:
    """Her link to the company's sign-in; made, together with the person, when she comes for the first time."""
    uid = uid_for(issuer, subject)
    seen = {**(claims or {}), "iss": issuer, "sub": subject}
    try:
        return SocialAccount.objects.select_related("user").get(provider=PROVIDER, uid=uid)
    except SocialAccount.DoesNotExist:
        pass
    try:
        return _new_account(uid, seen)
    except IntegrityError:  # a second tab was faster
        return SocialAccount.objects.select_related("user").get(provider=PROVIDER, uid=uid)


@transaction.atomic
def _new_account(uid: str, seen: dict[str, object]) -> SocialAccount:
    user = User(username=f"person-{uid[:20]}")
    user.set_unusable_password()
    user.save()
    audit.record(None, "person.created", user, after={"issuer": seen["iss"], "subject": seen["sub"]})
    return SocialAccount.objects.create(provider=PROVIDER, uid=uid, user=user, extra_data=seen)


@transaction.atomic
def apply_mapping(user: User, mapping: Mapping) -> User:
    """Make the person what the company says she is. What was set by hand stays as it is."""
    user = User.objects.select_for_update().get(pk=user.pk)
    before = standing(user)
    user.first_name, user.last_name, user.given_name = mapping.name, "", mapping.given_name
    user.email, user.locale = mapping.email, mapping.locale
    if user.role_source == Source.SSO:
        user.role = mapping.role
    user.save(update_fields=["first_name", "last_name", "given_name", "email", "locale", "role"])
    _sync_memberships(user, mapping)
    after = standing(user)
    if after != before:
        audit.record(None, "person.synced", user, before=before, after=after)
    return user


def _sync_memberships(user: User, mapping: Mapping) -> None:
    owner_of = {find_or_create_department(name).pk: name in mapping.owns for name in mapping.departments}
    theirs = Membership.objects.filter(user=user, source=Source.SSO)
    theirs.exclude(department__in=owner_of).delete()
    for department, is_owner in owner_of.items():
        Membership.objects.get_or_create(
            user=user, department_id=department, defaults={"is_owner": is_owner, "source": Source.SSO}
        )
        theirs.filter(department=department).exclude(is_owner=is_owner).update(is_owner=is_owner)
    keep_one_primary(user, prefer=owner_of)


def standing(user: User) -> dict[str, object]:
    """Her role and places, as the audit shows them."""
    places = Membership.objects.filter(user=user).select_related("department").order_by("department__name")
    return {
        "role": user.role,
        "departments": {
            place.department.name: {"owner": place.is_owner, "pays": place.is_primary, "source": place.source}
            for place in places
        },
    }
