"""In, out, and what a person sees of herself."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import public
from accounts.departments import primary_department
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
