"""System checks of the project: what is dangerous in production, in words that say how to mend it.

On loopback anything goes that a developer or a demonstration needs. `playground/startup.py` runs these, and asks the
servers, before a web process or a worker takes its first request.
"""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from playground import floors

PRODUCTION = "production"
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
_SECRET_LENGTH = 50
_SECRET_VARIETY = 10


def is_loopback(host: str) -> bool:
    return host in _LOOPBACK or host.endswith(".localhost") or host.startswith("127.")


def is_public() -> bool:
    """Whether other machines are meant to reach us."""
    hosts = [urlsplit(settings.SITE_URL).hostname or "", *settings.ALLOWED_HOSTS]
    return not all(is_loopback(host) for host in hosts)


def is_production() -> bool:
    return is_public() or not (settings.DEMO or settings.DEBUG)


@register(PRODUCTION)
def check_mode(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEBUG and is_production():
        found.append(
            Error(
                "DEBUG is on, and other machines can reach the site: error pages would show them its settings.",
                hint="Remove DEBUG from the environment.",
                id="playground.E001",
            )
        )
    if settings.DEMO and is_production():
        found.append(
            Error(
                "DEMO is on, and other machines can reach the site: anybody could sign in as anybody.",
                hint="Remove DEMO from the environment and name your identity provider: OIDC_ISSUER, OIDC_CLIENT_ID, "
                "OIDC_CLIENT_SECRET.",
                id="playground.E002",
            )
        )
    return found


@register(PRODUCTION)
def check_secrets(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    if not is_production():
        return []
    found: list[CheckMessage] = []
    key = settings.SECRET_KEY
    if key == settings.DEVELOPMENT_SECRET_KEY or len(key) < _SECRET_LENGTH or len(set(key)) < _SECRET_VARIETY:
        found.append(
            Error(
                "SECRET_KEY is missing, too short or the one that everybody knows: sessions could be forged.",
                hint="Set SECRET_KEY to the output of: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="playground.E003",
            )
        )
    if not settings.CREDENTIAL_KEYS or not all(_is_fernet_key(key) for key in settings.CREDENTIAL_KEYS):
        found.append(
            Error(
                "CREDENTIAL_KEYS is missing or holds something that is no key: provider keys could not be encrypted.",
                hint="Set CREDENTIAL_KEYS to the output of: python -c "
                "'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'",
                id="playground.E004",
            )
        )
    return found


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register(PRODUCTION)
def check_address(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS allows every host: links in mails and redirects could be pointed elsewhere.",
                hint="Name the hosts people use, parted by commas.",
                id="playground.E005",
            )
        )
    if is_public() and not settings.HTTPS:
        found.append(
            Error(
                f"SITE_URL is {settings.SITE_URL}, without encryption: passwords and answers could be read on the way.",
                hint="Put a proxy with a certificate in front and set SITE_URL to its https:// address.",
                id="playground.E006",
            )
        )
    return found


@register(PRODUCTION)
def check_packages(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} {installed} has a known fault; {floor} or newer is needed.",
            hint="Install the locked packages: pip install --require-hashes -r requirements.txt",
            id="playground.E007",
        )
        for name, floor in floors.PACKAGES.items()
        if floors.is_older(installed := _installed(name), floor)
    ]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"
