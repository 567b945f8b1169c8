"""How requests meet threads.

Django's own ASGI handler starts a thread for every request, keeps it as long as the answer streams, and goes to it and
back two dozen times, once for each half of each middleware. Here a request is answered in one visit to one thread of a
few: middlewares, view and database. Only the sending of the answer is in the event loop.
"""

import sys
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.db import connections, reset_queries
from django.http import HttpRequest, HttpResponseBase

from playground.patience import Send, Sending

# Programs may ask for a whole answer in one piece: their view waits for it, in a thread of its own.
WAITING = "/v1/"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class Handler(ASGIHandler):
    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        # More threads than connections would only wait for each other.
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="request")
        # The loop sends to hundreds of people: let it have the interpreter soon.
        sys.setswitchinterval(0.001)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"not HTTP but {scope['type']}")
        if scope["path"].startswith(WAITING):
            async with ThreadSensitiveContext():
                await self.handle(scope, receive, send)
        else:
            await self.handle(scope, receive, send)

    async def send_response(self, response: HttpResponseBase, send: Send) -> None:
        with Sending(send) as sending:
            await super().send_response(response, sending)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(WAITING):
            return await sync_to_async(self._answer)(request)
        return await sync_to_async(self._answer, thread_sensitive=False, executor=self._threads)(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing that streams afterwards holds a database connection."""
        reset_queries()
        try:
            return self.get_response(request)
        finally:
            connections.close_all()
