"""System checks of sign-in: what is dangerous in production, in words that say how to mend it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

_HINT = "Name your identity provider: OIDC_ISSUER (https://…), OIDC_CLIENT_ID, OIDC_CLIENT_SECRET."


@register("production")
def check_sign_in(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    if settings.DEMO or settings.DEBUG:
        return []
    issuer = urlsplit(settings.OIDC_ISSUER)
    if not settings.OIDC_ISSUER or not settings.OIDC_CLIENT_ID or not settings.OIDC_CLIENT_SECRET:
        return [Error("Nobody could sign in: no identity provider is named.", hint=_HINT, id="accounts.E001")]
    host = issuer.hostname or ""
    if host == "localhost" or host.endswith(".localhost") or host.startswith("127.") or host == "::1":
        return [
            Error(
                f"OIDC_ISSUER is {settings.OIDC_ISSUER}, on this machine: the demo sign-in, or as open as it.",
                hint=_HINT,
                id="accounts.E002",
            )
        ]
    if issuer.scheme != "https":
        return [
            Error(
                f"OIDC_ISSUER is {settings.OIDC_ISSUER}, without encryption: sign-ins could be taken over on the way.",
                hint=_HINT,
                id="accounts.E003",
            )
        ]
    return []
