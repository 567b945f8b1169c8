"""The demo identity provider as a real process, and an app that trusts it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from playground.demo.people import PEOPLE
from playground.up.ports import free_port, wait_open
from tests.accounts.browser import Browser


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "playground.demo.identity", "--port", str(port), "--editable"]
    process = subprocess.Popen(command)  # noqa: S603
    assert wait_open(port)
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=10)


def trust(settings: Settings, issuer: str) -> None:
    settings.OIDC_ISSUER = issuer
    app: dict[str, Any] = {
        "provider_id": "sso",
        "name": "Vela SSO",
        "client_id": "playground",
        "secret": "secret",
        "settings": {"server_url": issuer, "scope": ["openid", "profile", "email"], "fetch_userinfo": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


@pytest.fixture
def browser(issuer: str, settings: Settings, client: Client, db: None) -> Browser:
    trust(settings, issuer)
    return Browser(client, issuer)


@pytest.fixture
def company_says(issuer: str) -> Iterator[Any]:
    """Change what the identity provider says about somebody; put it right again afterwards."""

    def say(sub: str, **claims: Any) -> None:
        requests.put(f"{issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()

    yield say
    for person in PEOPLE:
        say(person.sub, **person.claims())
