"""The house of the drills: built once, open at the start of each, its database emptied at the end."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from playground.catalog.models import Model
from tests.drills.crowd import Crowd
from tests.drills.house import House
from tests.fake_provider import FakeProvider


@pytest.fixture(scope="session")
def built_house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="playground-drills-") as folder:
        Path(folder).chmod(0o755)
        house = House(Path(folder))
        try:
            with django_db_blocker.unblock():
                house.build()
            yield house
        finally:
            house.tear_down()


@pytest.fixture
def house(transactional_db: None, built_house: House) -> Iterator[House]:
    """Name it first, so that the people of the test live in it."""
    built_house.open()
    with built_house.visit():
        yield built_house
        built_house.open()
        connections.close_all()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def crowd(
    house: House, fake_provider: FakeProvider, make_model: Callable[..., Model], alice: User, carol: User
) -> Crowd:
    """Alice, many times over, before the fake provider's model and carol's tool."""
    model = make_model("served", base_url=f"{fake_provider.base_url}/v1")
    return Crowd.of(alice, model=model, maker=carol, url=house.url)
