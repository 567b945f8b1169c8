"""Any Refusal becomes one explaining card: in the frame for a whole page, alone for htmx.

Under htmx the card goes to the page's own place for refusals, so what the person typed stays where it is.
"""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_htmx.http import reswap, retarget

from accounts.http import Request
from playground.lib.refusal import Refusal


class RefusalMiddleware:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self.get_response(request)

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        """Django calls this in a thread when the view is a coroutine."""
        if not isinstance(exception, Refusal):
            return None
        shown = {"refusal": exception}
        if not request.htmx:
            return render(request, "refusal.html", shown, status=exception.status)
        response = render(request, "_refusal.html", shown, status=exception.status)
        return retarget(reswap(response, "innerHTML"), "#refusal")
