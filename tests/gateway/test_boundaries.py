"""What the gateway keeps to itself, and what it keeps out."""

import asyncio
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from playground.gateway import errors, types
from playground.gateway.errors import GatewayError
from playground.gateway.providers.openai_wire import client
from playground.gateway.router import close_clients
from playground.gateway.types import Target
from tests.fake_provider import FakeProvider
from tests.gateway import asking as asked
from tests.gateway.asking import ask


def test_knowing_the_kinds_loads_no_sdk_and_no_django() -> None:
    code = (
        "import sys, playground.gateway.router, playground.gateway.providers as p; assert len(p.KINDS) == 6;"
        "print({'openai', 'anthropic', 'aiohttp', 'httpx2', 'django'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert result.stdout.strip() == "set()"


@pytest.mark.parametrize("value", [value for value in vars(types).values() if is_dataclass(value)])
def test_values_are_frozen(value: type) -> None:
    blank: object = object.__new__(value)
    with pytest.raises(FrozenInstanceError):
        setattr(blank, fields(value)[0].name, "changed")


def test_a_credential_is_not_shown_in_a_target() -> None:
    assert "sk-secret" not in repr(Target("k", "l", "openai", "m", credential="sk-secret"))


def test_every_error_has_its_own_code_and_a_sentence_for_people() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GatewayError)]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all("{model}" in kind.sentence for kind in kinds)


@pytest.mark.parametrize("kind", asked.KINDS)
async def test_the_environment_of_the_sdks_is_ignored(
    fake_provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    for sdk in ("OPENAI", "ANTHROPIC", "AZURE_OPENAI"):
        for name in ("API_KEY", "ORG_ID", "PROJECT_ID", "AUTH_TOKEN"):
            monkeypatch.setenv(f"{sdk}_{name}", "leaked")
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "leaked")
        monkeypatch.setenv(f"{sdk}_BASE_URL", "http://127.0.0.1:9")
        monkeypatch.setenv(f"{sdk}_CUSTOM_HEADERS", "X-Leaked: leaked")
    await ask(fake_provider.target(kind))
    headers = fake_provider.counts()["last_headers"]
    assert "leaked" not in str(headers)
    assert headers.get("authorization", headers.get("api-key")) in {"Bearer sk-fake", "sk-fake"}
    assert "cookie" not in headers
    assert "traceparent" not in headers


async def test_a_client_serves_one_credential_and_one_loop(fake_provider: FakeProvider) -> None:
    target = fake_provider.target()
    other = Target("k", "l", target.kind, target.model, target.base_url, "sk-other")
    assert client(target) is client(target)
    assert client(target) is not client(other)
    assert client(target).max_retries == 0
    await close_clients()


def test_a_client_of_a_loop_that_is_gone_is_not_used_again(fake_provider: FakeProvider) -> None:
    for _ in range(2):
        asyncio.run(_ask_and_close(fake_provider.target()))
    assert fake_provider.counts()["finished"] == 2


async def _ask_and_close(target: Target) -> None:
    await ask(target)
    await close_clients()
