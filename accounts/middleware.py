"""Deny by default: every view is for people who are signed in, unless it is marked `public`."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.http import page_that_asks


class SignedInMiddleware:
    """Asks for a sign-in, speaks in the person's time zone, and lets nobody keep what we answer.

    It also loads `request.user` (Django does that at first use, which an async view cannot), so a person who was
    disabled is anonymous from her next request on.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self.answer_later(request)
        with timezone.override(zone_of(request)):
            return private(self.get_response(request))

    async def answer_later(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(zone_of(request)):
            return private(await self.get_response(request))

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Django calls it in the request's thread, never in the event loop."""
        if not getattr(view, "login_required", True):
            return None
        signed_in = request.user.is_authenticated
        if iscoroutinefunction(view):
            # It may stream for minutes: it gets a connection when it asks for one.
            close_old_connections()
        return None if signed_in else ask_to_sign_in(request)


def private(response: HttpResponseBase) -> HttpResponseBase:
    patch_cache_control(response, private=True, no_store=True)
    return response


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A page goes to the sign-in page and comes back afterwards; a part of a page takes the whole page there."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in_url(page_that_asks(request))})
    if request.method not in {"GET", "HEAD"}:
        return redirect("sign_in")
    return redirect(sign_in_url(request.get_full_path()))


def sign_in_url(target: str) -> str:
    return f"{reverse('sign_in')}?{urlencode({'next': target.removesuffix('?')})}"


def zone_of(request: HttpRequest) -> ZoneInfo | None:
    """The zone her browser told us in a cookie, if there is such a zone; else the company's."""
    name = request.COOKIES.get("tz", "")
    return ZoneInfo(name) if name in known_zones() else None


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())
