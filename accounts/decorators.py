"""Who may open a view. Without a word a view is for people who are signed in."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase

from accounts.http import Request
from accounts.models import User

P = ParamSpec("P")
V = TypeVar("V", bound=Callable[..., HttpResponseBase | Coroutine[object, object, HttpResponseBase]])


def public(view: V) -> V:
    """Anybody may open it, or it asks for its own credential (a key). It is Django's own mark."""
    marked: V = login_not_required(view)
    return marked


def role_required(
    question: Callable[[User], bool],
) -> Callable[[Callable[Concatenate[Request, P], HttpResponse]], Callable[Concatenate[Request, P], HttpResponse]]:
    """For those of whom `question` (see roles.py) is true; others see the 403 page."""

    def decorate(
        view: Callable[Concatenate[Request, P], HttpResponse],
    ) -> Callable[Concatenate[Request, P], HttpResponse]:
        @wraps(view)
        def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not question(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
