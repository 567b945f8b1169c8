"""Keys for programs: made here, seen once, kept as a hash."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.backends import active_user
from accounts.errors import NotPossible
from accounts.models import ApiKey, KeyScope, User
from playground.database.compiled import Compiled

MARK = "pg_"
SHOWN = 10  # letters of the key that a person sees again
LONGEST = 200
LONGEST_DAYS = 365
MOST_KEYS = 20
USE_NOTED_EVERY = timedelta(minutes=1)
DOUBLE_CLICK = timedelta(seconds=10)
# Asked for every request of a program.
_key = Compiled(lambda sha256, now: ApiKey.objects.filter(sha256=sha256, revoked_at=None, expires_at__gt=now))


@transaction.atomic
def issue_key(user: User, name: str, days: int, scopes: Sequence[str] = tuple(KeyScope)) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can see again.

    A second one of the same name within seconds is a double click: it takes the place of the first, whose secret was
    never shown.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise NotPossible(_("A key works for a year at most."))
    User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    live = ApiKey.objects.filter(user=user, revoked_at=None, expires_at__gt=now)
    live.filter(name=name, last_used_at=None, created_at__gt=now - DOUBLE_CLICK).update(revoked_at=now)
    if live.count() >= MOST_KEYS:
        raise NotPossible(_("You have %(number)s keys already. Revoke one that is not used.") % {"number": MOST_KEYS})
    secret = MARK + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=secret[:SHOWN],
        sha256=_hash(secret),
        scopes=[str(scope) for scope in scopes],
        expires_at=now + timedelta(days=days),
    )
    audit.record(
        user, "key.issued", key, after={"name": name, "scopes": key.scopes, "expires_at": key.expires_at.isoformat()}
    )
    return key, secret


def authenticate_key(secret: str) -> ApiKey | None:
    """The key of that secret, if it works now and its person is active. Looked up by the hash of the whole."""
    if not secret.startswith(MARK) or len(secret) > LONGEST:
        return None
    now = timezone.now()
    key = next(iter(_key(_hash(secret), now)), None)
    user = active_user(key.user_id) if key else None
    if key is None or user is None:
        return None
    key.user = user
    if key.last_used_at is None or key.last_used_at < now - USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


@transaction.atomic
def revoke_key(key: ApiKey, *, actor: User, reason: str = "") -> None:
    """It stops working at its next use."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record(actor, "key.revoked", key, after={"name": key.name}, reason=reason)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
