"""In production the unsafe does not start, and says how to mend it."""

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from playground.servers import Broker, Postgres
from playground.startup import check_broker, check_postgres, check_servers, refuse_unsafe_start


@pytest.fixture
def production(settings: Settings) -> Settings:
    """Everything as it should be."""
    settings.DEMO = settings.DEBUG = False
    settings.SITE_URL, settings.HTTPS = "https://playground.example.com", True
    settings.ALLOWED_HOSTS = ["playground.example.com"]
    settings.SECRET_KEY = "wI4vY0pZ8nQ2xL6tB1mC9dF3gH5jK7rS0aE4uO8iT2yP6qW1"[:50] + "zX9"
    settings.CREDENTIAL_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    settings.OIDC_ISSUER = "https://sso.example.com"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "playground", "a secret"
    return settings


def found() -> set[str | None]:
    return {message.id for message in run_checks(tags=["production"])}


def test_it_is_content_with_a_safe_installation(production: Settings) -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DEBUG", True, "playground.E001"),
        ("DEMO", True, "playground.E002"),
        ("SECRET_KEY", "short", "playground.E003"),
        ("SECRET_KEY", "a" * 60, "playground.E003"),
        ("CREDENTIAL_KEYS", [], "playground.E004"),
        ("CREDENTIAL_KEYS", ["no key"], "playground.E004"),
        ("ALLOWED_HOSTS", ["*"], "playground.E005"),
        ("HTTPS", False, "playground.E006"),
        ("OIDC_ISSUER", "", "accounts.E001"),
        ("OIDC_CLIENT_SECRET", "", "accounts.E001"),
        ("OIDC_ISSUER", "http://localhost:9400", "accounts.E002"),
        ("OIDC_ISSUER", "https://127.0.0.1:9400", "accounts.E002"),
        ("OIDC_ISSUER", "http://sso.example.com", "accounts.E003"),
    ],
)
def test_it_refuses(production: Settings, name: str, value: object, problem: str) -> None:
    setattr(production, name, value)
    assert found() == {problem}
    with pytest.raises(SystemExit, match="does not start"):
        refuse_unsafe_start()


def test_it_refuses_the_development_secret(production: Settings) -> None:
    production.SECRET_KEY = production.DEVELOPMENT_SECRET_KEY
    assert found() == {"playground.E003"}


def test_every_refusal_says_how_to_mend_it(production: Settings) -> None:
    production.DEBUG = production.DEMO = True
    production.SECRET_KEY, production.CREDENTIAL_KEYS, production.HTTPS = "short", [], False
    assert all(message.hint for message in run_checks(tags=["production"]))


def test_on_loopback_the_demo_may_start(settings: Settings) -> None:
    settings.DEMO, settings.SITE_URL, settings.ALLOWED_HOSTS = True, "http://localhost:8000", ["localhost"]
    settings.SECRET_KEY, settings.OIDC_ISSUER = settings.DEVELOPMENT_SECRET_KEY, "http://localhost:9400"
    assert found() == set()


def test_an_old_package_is_refused(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("playground.floors").floors.PACKAGES, "django", "99.0")
    assert found() == {"playground.E007"}


def ids(messages: list) -> list[str | None]:  # type: ignore[type-arg]
    return [message.id for message in messages]


def test_an_old_postgres_is_refused() -> None:
    assert ids(check_postgres(Postgres(version=130020, pending=()))) == ["playground.E012"]
    assert ids(check_postgres(Postgres(version=140000, pending=()))) == []


def test_a_pending_migration_is_refused_by_name() -> None:
    (message,) = check_postgres(Postgres(version=180000, pending=("accounts.0002_more",)))
    assert message.id == "playground.E013"
    assert "accounts.0002_more" in message.msg


@pytest.mark.parametrize(
    ("kind", "version", "is_safe"),
    [
        ("Redis", "8.6.2", False),
        ("Redis", "8.6.3", True),
        ("Redis", "7.2.4", False),
        ("Valkey", "9.1.2", True),
        ("Valkey", "9.1.0", False),
        ("Valkey", "9.0.5", True),
        ("Valkey", "9.0.4", False),
        ("Valkey", "8.0.10", True),
        ("Valkey", "8.0.9", False),
        ("Valkey", "7.2.12", False),
        ("Valkey", "10.0.0", True),
    ],
)
def test_servers_with_known_holes_are_refused(kind: str, version: str, is_safe: bool) -> None:  # noqa: FBT001
    messages = check_broker(Broker(kind, version, "noeviction"), is_queue=True, setting="REDIS_URL")
    assert ids(messages) == ([] if is_safe else ["playground.E014"])


def test_a_broker_that_evicts_is_refused() -> None:
    server = Broker("Valkey", "9.1.2", "allkeys-lru")
    assert ids(check_broker(server, is_queue=True, setting="REDIS_URL")) == ["playground.E015"]
    assert ids(check_broker(server, is_queue=False, setting="STREAM_REDIS_URL")) == []


@pytest.mark.django_db
def test_our_own_servers_pass() -> None:
    assert check_servers() == []


@pytest.mark.django_db
def test_a_broker_that_does_not_answer_is_refused(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert ids(check_servers()) == ["playground.E011"]
