"""Says in a header how many queries a page asked. For one request at a time: the count is the whole process's."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Queries"

_asked = 0


class QueryCounter:
    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)
        connection_created.connect(count_from_now_on)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = _asked
        response = await self.get_response(request)
        response.headers[HEADER] = str(_asked - before)
        return response


def count_from_now_on(connection: BaseDatabaseWrapper, **_: object) -> None:
    if counted not in connection.execute_wrappers:
        connection.execute_wrappers.append(counted)


def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
    global _asked  # noqa: PLW0603 - requests are served by threads of their own
    _asked += 1
    return execute(*arguments)
