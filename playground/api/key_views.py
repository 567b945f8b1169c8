"""The page of keys, and the page for developers."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import key_for
from accounts.api_keys import revoke_key
from accounts.errors import NotPossible
from accounts.http import Request
from playground.api.document import groups
from playground.api.forms import KeyForm, LimitForm
from playground.api.keys import KeyRow, make_key, rows_for
from playground.catalog.access import models_for
from playground.catalog.models import ModelKind
from playground.lib.money import plain_money
from playground.quota.of_keys import limit_key, month_of_keys


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: Request) -> HttpResponse:
    """The list and the form; after a POST the new secret too, this one time."""
    form, secret = KeyForm(request.POST if request.method == "POST" else None), ""
    if form.is_valid():
        said = form.cleaned_data
        try:
            _key, secret = make_key(
                request.user, name=said["name"], days=said["days"], scopes=form.scopes, monthly_limit=said["limit"]
            )
            form = KeyForm()
        except NotPossible as error:
            form.add_error(None, str(error))
    context = {"form": form, "secret": secret, "rows": rows_for(request.user), "site": settings.SITE_URL}
    return render(request, "playground/api/keys.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def limit(request: Request, pk: int) -> HttpResponse:
    key = key_for(request.user, pk)
    row = KeyRow(key, month_of_keys([key])[key.pk])
    typed = "" if row.month.limit is None else plain_money(row.month.limit)
    form = LimitForm(request.POST if request.method == "POST" else None, initial={"limit": typed})
    if form.is_valid():
        limit_key(key, amount=form.cleaned_data["limit"], actor=request.user)
        messages.success(request, _("“%(name)s” has its new limit.") % {"name": key.name})
        return redirect("keys")
    return render(request, "playground/api/limit.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    key = key_for(request.user, pk)
    revoke_key(key, actor=request.user)
    messages.success(request, _("“%(name)s” does not work any more.") % {"name": key.name})
    return redirect("keys")


@require_safe
def developers(request: Request) -> HttpResponse:
    models = list(models_for(request.user, kind=None))
    context = {
        "site": settings.SITE_URL,
        "groups": groups(),
        "models": models,
        "chat_model": next((model for model in models if model.kind == ModelKind.CHAT), None),
    }
    return render(request, "playground/api/developers.html", context)
