"""What every test may ask for."""

import asyncio
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

pytest_plugins = [
    # First: others import it, and its asserts speak only where it is loaded as a plugin.
    "tests.stack",
    "tests.browser.pages",
    "tests.cast",
    "tests.catalogue",
    "tests.fake_provider",
    "tests.guards.collector",
    "tests.guards.world",
    "tests.ledger",
    "tests.runs.asking",
]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The thread in which asynchronous tests ask the database holds a connection, and the database is to go."""
    yield
    asyncio.run(sync_to_async(connections.close_all)())
