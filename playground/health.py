"""Is it alive, is it ready: for load balancers. /livez asks nobody, /readyz asks PostgreSQL and the broker."""

import asyncio
import time

import psycopg
import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.decorators import public
from playground.servers import ask_postgres, ping_broker

_KEPT_SECONDS = 1.0
_last: tuple[float, bool] = (0.0, False)


@public
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@public
async def readyz(request: HttpRequest) -> HttpResponse:
    """Anybody may ask, so the servers are asked once a second at most, and the answer says no more than yes or no."""
    global _last  # noqa: PLW0603 - one answer for the whole process
    when, is_ready = _last
    if time.monotonic() - when > _KEPT_SECONDS:
        is_ready = all(await asyncio.gather(asyncio.to_thread(_database), asyncio.to_thread(_broker)))
        _last = time.monotonic(), is_ready
    return HttpResponse(
        "ready" if is_ready else "not ready", status=200 if is_ready else 503, content_type="text/plain"
    )


def _database() -> bool:
    try:
        return not ask_postgres().pending
    except psycopg.Error:
        return False


def _broker() -> bool:
    try:
        for url in {settings.REDIS_URL, settings.STREAM_REDIS_URL}:
            ping_broker(url)
    except redis.RedisError:
        return False
    return True


urlpatterns = [path("livez", livez, name="livez"), path("readyz", readyz, name="readyz")]
