"""The scripted provider of every test: the demo provider in a process of its own, spoken to over the wire."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cached_property
from http.client import HTTPConnection
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from playground.gateway.types import Target
from playground.up.ports import free_port, wait_open


class FakeProvider:
    """`script(...)` says what happens to the next requests, `counts()` what was served."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}"

    def script(self, **rule: Any) -> None:
        """Add a rule: its words are the fields of `playground.demo.provider.script.Rule`. The newest counts first."""
        self._call("POST", "/script", rule)

    def counts(self) -> dict[str, Any]:
        return self._call("GET", "/counts")

    def reset(self) -> None:
        self._call("POST", "/reset")

    def target(self, kind: str = "openai_compatible", *, model: str = "demo-quick", key: str = "demo") -> Target:
        """A target at this provider; some SDKs add the /v1 themselves."""
        base_url = f"{self.base_url}/v1" if kind in {"openai", "openai_compatible"} else self.base_url
        return Target(
            key=key,
            label=model,
            kind=kind,
            model=model,
            base_url=base_url,
            credential=self._service_account if kind == "anthropic_vertex" else "sk-fake",
            options={"project": "our-project"} if kind == "anthropic_vertex" else {},
        )

    @cached_property
    def _service_account(self) -> str:
        """The key of an account that gets its tokens here."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        account = {"type": "service_account", "client_email": "us@example.com", "private_key": pem.decode()}
        return json.dumps(account | {"token_uri": f"{self.base_url}/token", "project_id": "our-project"})

    def wait_until_idle(self, seconds: float = 10.0) -> None:
        """Fails unless every connection is closed in time: long before a slow answer would have ended by itself."""
        ends_at = time.monotonic() + seconds
        while active := self.counts()["active"]:
            assert time.monotonic() < ends_at, f"{active} connections are still open"
            time.sleep(0.02)

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, json.dumps(body))
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        connection.close()
        assert response.status == 200, answer
        return answer


@pytest.fixture(scope="session")
def fake_provider() -> Iterator[FakeProvider]:
    port = free_port()
    command = [sys.executable, "-m", "playground.demo.provider", "--port", str(port), "--scripted"]
    process = subprocess.Popen(command)  # noqa: S603
    try:
        assert wait_open(port), "the fake provider did not start"
        yield FakeProvider(port)
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(autouse=True)
def _forget_the_last_script(request: pytest.FixtureRequest) -> None:
    if "fake_provider" in request.fixturenames:
        request.getfixturevalue("fake_provider").reset()
