import time

import pytest
from django.test import Client
from pytest_django import Settings

from playground import health
from playground.servers import _pending, ask_postgres


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_last", (0.0, False))


def test_alive_asks_nobody(client: Client) -> None:
    assert client.get("/livez").content == b"ok"


@pytest.mark.django_db
def test_it_is_ready_with_its_servers(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready")


@pytest.mark.django_db
def test_it_is_not_ready_without_the_broker_and_says_no_more(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    started = time.monotonic()
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready")
    assert time.monotonic() - started < 5


@pytest.mark.django_db
def test_many_probes_are_one_question(client: Client, settings: Settings) -> None:
    assert client.get("/readyz").status_code == 200
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_the_test_database_is_migrated() -> None:
    assert ask_postgres().pending == ()


def test_a_migration_that_was_not_applied_is_pending() -> None:
    assert "accounts.0001_initial" in _pending(set())


def test_it_needs_no_redirect_to_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/livez").status_code == 200
