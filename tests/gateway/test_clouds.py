"""The kinds for clouds: the address, the key and the options that go out, and what is said without the extra."""

import subprocess
import sys
from dataclasses import replace

import pytest

from playground.gateway.errors import CredentialRejected
from tests.fake_provider import FakeProvider
from tests.gateway.asking import EXTRAS, KINDS, ask, finish_of


async def test_azure_is_asked_under_the_name_of_the_deployment(fake_provider: FakeProvider) -> None:
    target = replace(fake_provider.target("azure_openai", model="our-gpt"), options={"api_version": "2025-01-01"})
    await ask(target)
    counts = fake_provider.counts()
    assert counts["last_path"] == "/openai/deployments/our-gpt/chat/completions?api-version=2025-01-01"
    assert counts["last_headers"]["api-key"] == "sk-fake"
    assert counts["last_body"]["max_completion_tokens"] == 1000


@pytest.mark.skipif("anthropic_bedrock" not in KINDS, reason="the extra bedrock is not installed")
@pytest.mark.parametrize(
    ("credential", "begins"), [("sk-fake", "Bearer sk-fake"), ("AKIA:secret", "AWS4-HMAC-SHA256 ")]
)
async def test_bedrock_is_asked_with_a_key_or_signed(fake_provider: FakeProvider, credential: str, begins: str) -> None:
    await ask(
        replace(fake_provider.target("anthropic_bedrock"), credential=credential, options={"region": "eu-west-1"})
    )
    counts = fake_provider.counts()
    assert counts["last_headers"]["authorization"].startswith(begins)
    assert ("eu-west-1" in counts["last_headers"]["authorization"]) == (credential == "AKIA:secret")
    assert counts["last_path"] == "/model/demo-quick/invoke-with-response-stream"


@pytest.mark.skipif("anthropic_vertex" not in KINDS, reason="the extra vertex is not installed")
async def test_vertex_is_asked_in_its_region_and_project(fake_provider: FakeProvider) -> None:
    target = fake_provider.target("anthropic_vertex")
    await ask(replace(target, options={"project": "our-project", "region": "europe-west1"}))
    path = "/projects/our-project/locations/europe-west1/publishers/anthropic/models/demo-quick:streamRawPredict"
    assert fake_provider.counts()["last_path"] == path


@pytest.mark.skipif("anthropic_vertex" not in KINDS, reason="the extra vertex is not installed")
async def test_a_key_that_is_no_service_account_is_rejected(fake_provider: FakeProvider) -> None:
    with pytest.raises(CredentialRejected):
        await ask(replace(fake_provider.target("anthropic_vertex"), credential="{}"))


@pytest.mark.skipif("anthropic_bedrock" not in KINDS, reason="the extra bedrock is not installed")
async def test_an_answer_of_bedrock_is_whole(fake_provider: FakeProvider) -> None:
    assert finish_of(await ask(fake_provider.target("anthropic_bedrock"))) == "stop"


@pytest.mark.parametrize("kind", EXTRAS)
def test_without_the_extra_it_says_so(kind: str) -> None:
    code = (
        f"import sys, asyncio; sys.modules[{EXTRAS[kind]!r}] = None\n"
        "from playground.gateway import errors, router\n"
        "from playground.gateway.types import *\n"
        f"route = Route((Target('k', 'l', {kind!r}, 'm'),))\n"
        "async def ask():\n"
        "    request = ChatRequest((Turn('user', 'Hi'),), 10)\n"
        "    return [event async for event in router.stream(route, request, limits=Limits())]\n"
        "try: asyncio.run(ask())\n"
        "except errors.NotInstalled as error: print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert result.stdout.strip() == kind.removeprefix("anthropic_")
