"""The door with a password: it opens for the right one, and not for somebody who guesses."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.break_glass import ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS
from accounts.models import User

PASSWORD = "correct horse battery staple"
# Two minutes before a quarter of an hour is over, on a day that the database, whose clock goes on, takes for today.
NOW = datetime.now(UTC).replace(minute=13, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(db: None, request: pytest.FixtureRequest) -> str:
    """One a test: what others tried is counted for other names."""
    name = f"glass-{request.node.name}"[:100]
    User.objects.create_superuser(username=name, password=PASSWORD)
    return name


def attempt(client: Client, name: str, password: str, address: str) -> Any:
    return client.post("/admin/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def test_the_right_password_opens(client: Client, account: str) -> None:
    assert attempt(client, account, PASSWORD, "10.0.1.1").status_code == 302
    assert client.get("/people/").status_code == 200


def test_who_guesses_is_stopped_from_wherever_she_comes(client: Client, account: str) -> None:
    guesses = [attempt(client, account, "guess", f"10.0.2.{n}") for n in range(ATTEMPTS_PER_ACCOUNT)]
    assert [guess.status_code for guess in guesses] == [200] * ATTEMPTS_PER_ACCOUNT
    refused = attempt(client, account.upper(), PASSWORD, "10.0.2.99")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "120")
    assert "try again in 2 minutes" in refused.content.decode()
    assert client.get("/people/").status_code == 302


def test_who_guesses_at_many_accounts_is_stopped_at_her_address(client: Client, account: str) -> None:
    for number in range(ATTEMPTS_PER_ADDRESS):
        assert attempt(client, f"somebody-{number}", "guess", "10.0.3.1").status_code == 200
    assert attempt(client, account, PASSWORD, "10.0.3.1").status_code == 429
    assert attempt(client, account, PASSWORD, "10.0.3.2").status_code == 302


def test_it_opens_again_after_the_time_it_named(client: Client, account: str, clock: Any) -> None:
    for _ in range(ATTEMPTS_PER_ACCOUNT + 1):
        attempt(client, account, "guess", "10.0.4.1")
    clock.shift(120)
    assert attempt(client, account, PASSWORD, "10.0.4.1").status_code == 302


def test_coming_in_forgets_the_attempts_before(client: Client, account: str) -> None:
    for _ in range(2):
        for _ in range(ATTEMPTS_PER_ACCOUNT - 1):
            attempt(client, account, "guess", "10.0.5.1")
        assert attempt(client, account, PASSWORD, "10.0.5.1").status_code == 302
        client.logout()


def test_it_opens_when_the_cache_is_away(client: Client, account: str, settings: Settings) -> None:
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert attempt(client, account, PASSWORD, "10.0.6.1").status_code == 302
