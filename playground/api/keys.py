"""A person's keys with what they may do and spend."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import keys_for
from accounts.api_keys import issue_key
from accounts.models import ApiKey, KeyScope, User
from playground.quota.limits import Remaining
from playground.quota.of_keys import limit_key, month_of_keys


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as its owner sees it in a list."""

    key: ApiKey
    month: Remaining

    @property
    def may(self) -> str:
        words = [str(KeyScope(scope).label) for scope in self.key.scopes]
        return ", ".join(words) or _("Only read lists")


def rows_for(user: User) -> list[KeyRow]:
    keys = list(keys_for(user))
    months = month_of_keys(keys)
    return [KeyRow(key, months[key.pk]) for key in keys]


@transaction.atomic
def make_key(
    user: User, *, name: str, days: int, scopes: Sequence[str], monthly_limit: int | None
) -> tuple[ApiKey, str]:
    """A new key with its own limit, and its secret, which nobody can see again. Raises NotPossible."""
    key, secret = issue_key(user, name, days, scopes)
    if monthly_limit is not None:
        limit_key(key, amount=monthly_limit, actor=user)
    return key, secret
