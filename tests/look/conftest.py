"""The pages of `tests/look/urls.py`, on top of the project's own."""

from copy import deepcopy
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User


@pytest.fixture
def gallery(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.look.urls"
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates


@pytest.fixture
def employee(client: Client, alice: User) -> Client:
    """Alice, signed in."""
    client.force_login(alice)
    return client
