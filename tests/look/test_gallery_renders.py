"""Every element renders, and a page that is not there says so."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery")]


def test_every_element_renders(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/gallery/?toast=1").status_code == 200
