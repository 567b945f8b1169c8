"""Static files beside middlewares that work in a thread: ServeStatic's own knows an event loop only."""

from collections.abc import Callable

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware


class StaticFilesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        async def nothing(request: HttpRequest) -> None:
            return None

        self.get_response = get_response
        self._files = ServeStaticMiddleware(nothing)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self._files.static_prefix):
            found: HttpResponseBase | None = async_to_sync(self._files)(request)
            if found is not None:
                return found
        return self.get_response(request)
