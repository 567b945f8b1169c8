"""The last answer when something broke: a database that is away is said to be away, and comes back."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error as fault_of_ours

RETRY_SECONDS = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it while the exception is being handled; it must ask no database."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return fault_of_ours(request)
    page = loader.get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
