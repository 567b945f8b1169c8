"""Each request can be followed: it has one id, the same in its answer, in the log, in the trace and at the worker."""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from playground.lib import telemetry
from playground.lib.trail import about

HEADER = "X-Request-ID"
# Where the clients of some vendors look for it, under the addresses for programs.
HEADER_FOR_PROGRAMS = "Request-ID"
PROGRAMS = "/v1/"
# An id that a proxy in front gave is kept, if it is one.
_id = re.compile(r"[A-Za-z0-9._-]{8,64}")

logger = logging.getLogger(__name__)


class FollowingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request_id = given if _id.fullmatch(given) else f"req_{uuid4().hex}"
        with about(request=request_id):
            response = self._traced(request, request_id) if telemetry.is_on() else self._logged(request)
        response.headers[HEADER] = request_id
        if request.path.startswith(PROGRAMS):
            response.headers[HEADER_FOR_PROGRAMS] = request_id
        return response

    def _traced(self, request: HttpRequest, request_id: str) -> HttpResponseBase:
        method = request.method or ""
        attributes = {"http.request.method": method, "url.path": request.path, telemetry.REQUEST: request_id}
        parent = request.headers.get(telemetry.PARENT, "")
        with telemetry.span(method, kind="server", attributes=attributes, parent=parent) as span:
            response = self._logged(request)
            if span is not None:
                span.update_name(f"{method} {_route(request)}")
                span.set_attributes({"http.route": _route(request), "http.response.status_code": response.status_code})
        return response

    def _logged(self, request: HttpRequest) -> HttpResponseBase:
        if not logger.isEnabledFor(logging.INFO):
            return self.get_response(request)
        began = time.perf_counter()
        response = self.get_response(request)
        logger.info(
            "%s %s %s",
            *(request.method, _route(request), response.status_code),
            extra={
                "method": request.method,
                "route": _route(request),
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
                **_person(request),
            },
        )
        return response


def _route(request: HttpRequest) -> str:
    """The view's name: an address may hold what somebody searched for."""
    return request.resolver_match.view_name if request.resolver_match else "none"


def _person(request: HttpRequest) -> dict[str, int]:
    """Her number, if the request has asked who she is already."""
    user = getattr(request, "_cached_user", None)
    return {"user": user.pk} if user is not None and user.pk else {}
