"""In, out, and what a person sees of herself."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import key_for, keys_for
from accounts.api_keys import issue_key, revoke_key
from accounts.decorators import public
from accounts.departments import primary_department
from accounts.errors import NotPossible
from accounts.forms import KeyForm
from accounts.http import Request


@public
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    if not is_ours or not target.startswith("/"):
        target = settings.LOGIN_REDIRECT_URL
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    names = {"company": settings.COMPANY_NAME, "provider": settings.OIDC_ISSUER and settings.OIDC_NAME}
    return render(request, "accounts/sign_in.html", {"next": target, "demo": settings.DEMO, **names})


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign_in")


@require_safe
def account(request: Request) -> HttpResponse:
    context = {
        "places": request.user.memberships.select_related("department").order_by("-is_primary", "department__name"),
        "pays": primary_department(request.user),
        "zone": timezone.get_current_timezone_name(),
        "now": timezone.now(),
    }
    return render(request, "accounts/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: Request) -> HttpResponse:
    """The list and the form; after a POST the new secret too, this one time."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    secret = ""
    if form.is_valid():
        try:
            _key, secret = issue_key(request.user, form.cleaned_data["name"], form.cleaned_data["days"])
            form = KeyForm()
        except NotPossible as error:
            form.add_error(None, str(error))
    context = {"form": form, "secret": secret, "keys": keys_for(request.user), "base_url": f"{settings.SITE_URL}/v1"}
    return render(request, "accounts/keys.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    key = key_for(request.user, pk)
    revoke_key(key, actor=request.user)
    messages.success(request, _("“%(name)s” does not work any more.") % {"name": key.name})
    return redirect("keys")
