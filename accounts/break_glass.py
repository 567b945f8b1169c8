"""The one door with a password, for the day when the company's sign-in does not work: Django's own page, few attempts.

Attempts are counted in the cache, for the account and for the address they come from. Without the cache nothing is
counted: on the day when everything is broken, this door must open.
"""

import hashlib
import logging
import time

import redis
from allauth.account.adapter import get_adapter
from django.contrib import admin
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.decorators import public

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 900
ATTEMPTS_PER_ACCOUNT = 5
ATTEMPTS_PER_ADDRESS = 20


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("username", "").strip().lower()
    if not (name and request.POST.get("password")):
        return admin.site.login(request)
    window, passed = divmod(int(time.time()), WINDOW_SECONDS)
    account = _key("account", name, window)
    address = _key("address", get_adapter().get_client_ip(request), window)
    # Both are counted before the password is looked at: attempts at the same moment are attempts too.
    too_many = [_count(account) > ATTEMPTS_PER_ACCOUNT, _count(address) > ATTEMPTS_PER_ADDRESS]
    if any(too_many):
        return _refuse(request, wait=WINDOW_SECONDS - passed)
    response = admin.site.login(request)
    if request.user.is_authenticated:
        _forget(account)
    return response


def _refuse(request: HttpRequest, *, wait: int) -> HttpResponse:
    logger.warning("too many attempts to sign in with a password")
    context = {"minutes": -(-wait // 60)}
    response = render(request, "accounts/too_many_attempts.html", context, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _key(kind: str, value: str, window: int) -> str:
    return f"sign-in:{kind}:{window}:{hashlib.sha256(value.encode()).hexdigest()}"


def _count(key: str) -> int:
    try:
        return 1 if cache.add(key, 1, WINDOW_SECONDS) else int(cache.incr(key))
    except ValueError:  # it expired between the two
        return 1
    except redis.RedisError:
        logger.warning("attempts to sign in are not counted: the cache is away")
        return 0


def _forget(key: str) -> None:
    try:
        cache.delete(key)
    except redis.RedisError:
        logger.warning("attempts to sign in are not forgotten: the cache is away")
