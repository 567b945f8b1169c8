from collections.abc import AsyncIterator

import pytest

from playground.gateway.router import close_clients
from playground.gateway.types import Target
from tests.fake_provider import FakeProvider
from tests.gateway.asking import KINDS


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, fake_provider: FakeProvider) -> Target:
    """The same place on each wire in turn."""
    return fake_provider.target(request.param)


@pytest.fixture(autouse=True)
async def _closed_clients() -> AsyncIterator[None]:
    yield
    await close_clients()
