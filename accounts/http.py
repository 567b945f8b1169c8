"""The request as our views see it: signed in, with htmx's details."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    user: User
    htmx: HtmxDetails


def page_that_asks(request: HttpRequest) -> str:
    """Path and query of the page from which htmx asks; nothing where its header is no address."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return ""
    return f"{page.path}?{page.query}" if page.query else page.path
