"""The official SDKs with a key of alice's, before a provider of each kind."""

from collections.abc import Callable

import anthropic
import openai
import pytest

from accounts.api_keys import issue_key
from accounts.models import User
from playground.catalog.models import Model
from tests.fake_provider import FakeProvider
from tests.stack import Stack


@pytest.fixture(params=["openai_compatible", "openai", "anthropic"])
def secret(
    request: pytest.FixtureRequest,
    stack: Stack,
    alice: User,
    make_model: Callable[..., Model],
    fake_provider: FakeProvider,
) -> str:
    make_model(kind=request.param, base_url=fake_provider.target(request.param).base_url)
    return issue_key(alice, name="laptop", days=30)[1]


@pytest.fixture
def coder(stack: Stack, secret: str) -> openai.OpenAI:
    return openai.OpenAI(api_key=secret, base_url=f"{stack.url}/v1", max_retries=0)


@pytest.fixture
def claude(stack: Stack, secret: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key=secret, base_url=stack.url, max_retries=0)
