"""OpenID Connect, with every check the standard asks for: allauth's own flow, made stricter.

allauth leaves the ID token's signature to TLS, sends no nonce, and knows an account by the subject alone. Here the
signature, issuer, audience and nonce are checked, userinfo must speak of the same subject, and the account is known by
issuer and subject. Only two of allauth's many pages exist: the way to the provider and the way back.
"""

import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from accounts.decorators import public
from accounts.sso import PROVIDER, uid_for

# Public-key signatures only: a token signed with a shared secret, or not at all, proves nothing.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCK_SKEW = 60  # seconds


# Without these addresses there is no sign-in.
ENDPOINTS = {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"}


class Door(OpenIDConnectOAuth2Adapter):
    """One sign-in's talk with the provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != settings.OIDC_ISSUER:
            raise OAuth2Error(f"the provider calls itself {config.get('issuer')!r}, not OIDC_ISSUER")
        if missing := ENDPOINTS - config.keys():
            raise OAuth2Error(f"the provider does not say its {', '.join(sorted(missing))}")
        return config

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        claims = self.read_id_token(app, kwargs["response"].get("id_token"))
        if app.settings["fetch_userinfo"]:
            userinfo = self._fetch_user_info(token.token)
            if not isinstance(userinfo, dict) or userinfo.get("sub") != claims["sub"]:
                raise OAuth2Error("userinfo speaks of another subject")
            claims = {**userinfo, **claims}
        return self.get_provider().sociallogin_from_response(request, claims)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("openid_connect_callback"))

    def read_id_token(self, app: Any, id_token: object) -> dict[str, Any]:
        if not isinstance(id_token, str):
            raise OAuth2Error("the provider sent no ID token")
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=self.signing_key(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=settings.OIDC_ISSUER,
                leeway=CLOCK_SKEW,
                options={"require": ["iss", "sub", "aud", "exp"]},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise OAuth2Error(f"the ID token is not valid: {error}") from error
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the ID token was made for another client")
        return claims

    def signing_key(self, id_token: str) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(response.json()).keys
        name = jwt.get_unverified_header(id_token).get("kid")
        if not (fitting := [key for key in keys if name is None or key.key_id == name]):
            raise OAuth2Error("the ID token is signed with a key the provider does not have")
        return fitting[0]


class CompanyProvider(OpenIDConnectProvider):
    def get_oauth2_adapter(self, request: HttpRequest) -> Door:
        return Door(request, PROVIDER)

    def extract_uid(self, data: dict[str, Any]) -> str:
        return uid_for(data["iss"], data["sub"])

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        # An address is where to write to her. allauth would look people up by it.
        return []

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Only where she goes afterwards comes from the browser: no scope, no process, no parameters of its choice."""
        wanted = super().get_redirect_from_request_kwargs(request).get("next_url")
        return {"process": AuthProcess.LOGIN, "next_url": wanted}

    def redirect(self, request: HttpRequest, process: str, **kwargs: Any) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        response: HttpResponse = super().redirect(
            request, process, nonce=nonce, auth_params={**self.get_auth_params(), "nonce": nonce}, **kwargs
        )
        return response


@public
@require_http_methods(["GET", "POST"])
def go(request: HttpRequest) -> HttpResponse:
    """To the provider. Only a POST goes, so that no other site can start a sign-in."""
    if request.method == "GET" or not settings.OIDC_ISSUER:
        return redirect("sign_in")
    provider = get_adapter(request).get_provider(request, PROVIDER)
    try:
        response: HttpResponse = provider.redirect_from_request(request)
    except (RequestException, OAuth2Error) as error:
        response = render_authentication_error(request, provider, exception=error)
    return response


@public
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """From the provider, with a code."""
    if not settings.OIDC_ISSUER:
        return redirect("sign_in")
    response: HttpResponse = OAuth2CallbackView.adapter_view(Door(request, PROVIDER))(request)
    return response
