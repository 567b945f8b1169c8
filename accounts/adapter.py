"""allauth's adapters: three lines each, the rules are in `oidc.py` and `sso.py`."""

import logging
from secrets import compare_digest
from typing import Any

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.oidc import CompanyProvider
from accounts.sso import account_for, apply_mapping, map_claims

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return render(request, "accounts/disabled.html", status=403)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the page she asked for says enough."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        return CompanyProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The person behind the claims, as the company describes her today."""
        claims = sociallogin.account.extra_data
        if not compare_digest(str(claims.get("nonce")), str(sociallogin.state.get("nonce"))):
            raise PermissionDenied("the ID token answers another sign-in")
        sociallogin.account = account_for(claims["iss"], claims["sub"], claims)
        sociallogin.user = sociallogin.account.user
        if sociallogin.user.is_active:
            sociallogin.user = apply_mapping(sociallogin.user, map_claims(claims))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        # A provider may say so without the state that would tell which sign-in it was.
        cancelled = error == AuthError.CANCELLED or request.GET.get("error") == "access_denied"
        if not cancelled:
            logger.warning("sign-in failed: %s", exception or request.GET.get("error") or "no such sign-in under way")
        unreachable = isinstance(exception, requests.RequestException)
        context = {"cancelled": cancelled, "unreachable": unreachable, "provider": provider.name}
        status = 502 if unreachable else 401
        raise ImmediateHttpResponse(render(request, "accounts/sign_in_failed.html", context, status=status))

    def get_requests_session(self) -> requests.Session:
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0  # the provider's addresses are named in its settings; nobody sends us elsewhere
        return session
