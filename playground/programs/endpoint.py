"""What every address under /v1 has in common: one key, one shape of errors, headers, and a line in the document."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel

from accounts.decorators import public
from playground.programs import shapes
from playground.programs.errors import ApiError, MethodUnknown, from_exception

Shape = Callable[[ApiError], dict[str, Any]]
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Operation:
    """What the document says of one address. `answers` are schemas by status; a text is a kind of stream."""

    method: str
    summary: str
    about: str
    group: str
    body: type[BaseModel] | None
    gives: type[BaseModel] | None
    status: int
    streams: bool
    shape: Shape


def endpoint(
    *,
    method: str = "POST",
    shape: Shape = shapes.openai,
    group: str,
    summary: str,
    body: type[BaseModel] | None = None,
    gives: type[BaseModel] | None = None,
    status: int = 200,
    streams: bool = False,
) -> Callable[[Callable[P, Coroutine[Any, Any, HttpResponseBase]]], Callable[P, Coroutine[Any, Any, HttpResponseBase]]]:
    """For programs: no cookie, no CSRF, and every "no" in the vendor's own `shape`."""

    def decorate(
        view: Callable[P, Coroutine[Any, Any, HttpResponseBase]],
    ) -> Callable[P, Coroutine[Any, Any, HttpResponseBase]]:
        @wraps(view)
        async def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            request = args[0]
            assert isinstance(request, HttpRequest)  # noqa: S101 - a view's first argument
            try:
                if request.method != method:
                    raise MethodUnknown(f"Use {method} here.", allow=method)
                return await view(*args, **kwargs)
            except Exception as error:  # whatever it is, a program reads it in its vendor's shape
                return refuse(shape, from_exception(error))

        operation = Operation(method, summary, (view.__doc__ or "").strip(), group, body, gives, status, streams, shape)
        marked = csrf_exempt(public(answer))
        marked.operation = operation  # type: ignore[attr-defined]
        return marked

    return decorate


def refuse(shape: Shape, error: ApiError) -> HttpResponse:
    response = JsonResponse(shape(error), status=error.status, headers=error.headers)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response
