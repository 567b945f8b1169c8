"""A person at her browser, between our app and the company's identity provider."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.test import Client
from django.urls import reverse

from accounts.models import User


class Browser:
    def __init__(self, client: Client, issuer: str) -> None:
        self.client = client
        self.issuer = issuer

    def leave(self, **data: str) -> str:
        """Press the button; where at the provider it leads."""
        response = self.client.post(reverse("openid_connect_login"), data)
        assert response.status_code == 302, response.content
        return response.headers["Location"]

    def choose(self, address: str, sub: str) -> str:
        """Choose a person at the provider; where in our app it leads."""
        response = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
        assert response.status_code == 302, response.text
        return response.headers["Location"]

    def come_back(self, address: str) -> Any:
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}")

    def sign_in(self, sub: str, **data: str) -> Any:
        return self.come_back(self.choose(self.leave(**data), sub))

    @property
    def user(self) -> User | None:
        """Who our app thinks she is."""
        response = self.client.get(reverse("account"))
        return User.objects.get(pk=self.client.session["_auth_user_id"]) if response.status_code == 200 else None


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
