"""Keys of providers that a process cannot read: said in its log once, and to the pages for as long as it lasts.

A worker may lack what a web server has, so each tells the others.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import cast

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from playground.catalog.credentials import secret_of
from playground.catalog.errors import CredentialUnreadable
from playground.catalog.models import Provider

# A worker tells it again with each route that it reads.
SECONDS_TOLD = 60

logger = logging.getLogger(__name__)
_known: set[int] = set()


def readable_secret(provider: Provider) -> str | None:
    """The provider's key, or None, and then everybody is told."""
    try:
        secret = secret_of(provider)
    except CredentialUnreadable:
        _tell(provider)
        return None
    _known.discard(provider.pk)
    return secret


def _tell(provider: Provider) -> None:
    if provider.pk not in _known:
        _known.add(provider.pk)
        logger.warning("The key of provider %s cannot be read: its deployments are left out", provider.slug)
    with suppress(RedisError):
        _redis().set(_name(provider.pk), 1, ex=SECONDS_TOLD)


def unreadable(providers: Iterable[Provider]) -> set[int]:
    """The ids of those whose key cannot be read here, or could not lately be read elsewhere."""
    by_id = {provider.pk: provider for provider in providers}
    here = {pk for pk, provider in by_id.items() if not _is_readable(provider)}
    others = [pk for pk in by_id if pk not in here]
    if not others:
        return here
    try:
        told = cast("list[object]", _redis().mget([_name(pk) for pk in others]))
    except RedisError:
        return here
    return here | {pk for pk, value in zip(others, told, strict=True) if value}


def _is_readable(provider: Provider) -> bool:
    try:
        secret_of(provider)
    except CredentialUnreadable:
        return False
    return True


def forget(provider: Provider) -> None:
    """Another key was entered: what workers said of the one before says nothing about it."""
    with suppress(RedisError):
        _redis().delete(_name(provider.pk))


def _name(pk: int) -> str:
    return f"{settings.REDIS_KEY_PREFIX}:unreadable:{pk}"


@cache
def _redis() -> Redis:
    return Redis.from_url(
        settings.STREAM_REDIS_URL, socket_timeout=2, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
    )
