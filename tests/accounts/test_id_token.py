"""ID tokens that a provider never made, or made for somebody else."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
import requests
from allauth.core import context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import RequestFactory
from pytest_django import Settings

from accounts.oidc import Door
from tests.accounts.conftest import trust

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_PEM = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Provider(BaseHTTPRequestHandler):
    """The two documents that tokens are checked against."""

    def do_GET(self) -> None:
        issuer = f"http://{self.headers['Host']}"
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", f"{issuer}/jwks")
            self.end_headers()
            return
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
        config = {"issuer": issuer, "jwks_uri": f"{issuer}/jwks", **dict.fromkeys(names, issuer)}
        body = {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]} if self.path == "/jwks" else config
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


Read = Callable[[object], dict[str, Any]]


@pytest.fixture
def read(home: str, settings: Settings, db: None) -> Iterator[Read]:
    trust(settings, home)
    request = RequestFactory().get("/")
    with context.request_context(request):
        door = Door(request, "sso")
        yield lambda token: door.read_id_token(door.get_provider().app, token)


def claims(home: str, **changes: object) -> dict[str, object]:
    now = int(time.time())
    return {"iss": home, "sub": "alice", "aud": "playground", "iat": now, "exp": now + 60, **changes}


def token(payload: dict[str, object], key: Any = KEY, algorithm: str = "RS256", kid: str | None = "one") -> str:
    return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid} if kid else {})


def test_a_good_one_is_read(read: Read, home: str) -> None:
    assert read(token(claims(home)))["sub"] == "alice"
    assert read(token(claims(home, aud=["playground", "other"], azp="playground")))["sub"] == "alice"


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another"},
        {"aud": ["playground"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"sub": 7},
    ],
)
def test_one_for_somebody_else_or_of_another_day_is_refused(read: Read, home: str, change: dict[str, object]) -> None:
    payload = {name: value for name, value in claims(home, **change).items() if value is not None}
    with pytest.raises(OAuth2Error):
        read(token(payload) if payload.get("sub") != 7 else _raw(payload))


def _raw(payload: dict[str, object]) -> str:
    """PyJWT makes no token whose subject is a number; a provider might."""
    return jwt.api_jws.encode(json.dumps(payload).encode(), KEY, algorithm="RS256", headers={"kid": "one"})


def test_an_unsigned_one_is_refused(read: Read, home: str) -> None:
    for kid in ("one", None):
        with pytest.raises(OAuth2Error):
            read(token(claims(home), key=None, algorithm="none", kid=kid))


def test_one_signed_with_the_public_key_as_a_secret_is_refused(read: Read, home: str) -> None:
    head = jwt.utils.base64url_encode(json.dumps({"alg": "HS256", "kid": "one"}).encode())
    body = jwt.utils.base64url_encode(json.dumps(claims(home)).encode())
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = jwt.utils.base64url_encode(algorithm.sign(head + b"." + body, PUBLIC_PEM))
    with pytest.raises(OAuth2Error):
        read(b".".join([head, body, signature]).decode())


def test_one_of_another_key_is_refused(read: Read, home: str) -> None:
    for kid in ("one", "two", None):
        with pytest.raises(OAuth2Error):
            read(token(claims(home), key=OTHER_KEY, kid=kid))


@pytest.mark.parametrize("nothing", [None, "", "a.b.c", 7, {}])
def test_what_is_no_token_is_refused(read: Read, nothing: object) -> None:
    with pytest.raises(OAuth2Error):
        read(nothing)


def test_the_provider_sends_us_nowhere_else(home: str) -> None:
    with get_adapter().get_requests_session() as session, pytest.raises(requests.TooManyRedirects):
        session.get(f"{home}/moved")
