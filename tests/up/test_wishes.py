import pytest

from playground.up.environment import wishes
from playground.up.problems import Problem


def test_without_any_wish_everything_is_started() -> None:
    wanted = wishes({})
    assert wanted.starts_postgres
    assert wanted.starts_broker
    assert wanted.starts_streams
    assert wanted.starts_provider
    assert wanted.starts_identity
    assert wanted.site_url == "http://localhost:8000"


def test_a_named_database_is_used_and_none_started() -> None:
    assert not wishes({"DATABASE_URL": "postgres://there/playground"}).starts_postgres
    assert not wishes({"DATABASE_URL_FILE": "/run/secrets/database"}).starts_postgres


def test_a_named_broker_serves_the_streams_too() -> None:
    wanted = wishes({"REDIS_URL": "redis://there/0"})
    assert not wanted.starts_broker
    assert not wanted.starts_streams


def test_a_named_identity_provider_replaces_the_demo_one() -> None:
    named = {"OIDC_ISSUER": "https://sso.example.com", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
    assert not wishes(named).starts_identity


def test_half_an_identity_provider_is_said() -> None:
    with pytest.raises(Problem, match="OIDC_CLIENT_ID and OIDC_CLIENT_SECRET is not set"):
        wishes({"OIDC_ISSUER": "https://sso.example.com"})


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_said(port: str) -> None:
    with pytest.raises(Problem, match="is no port"):
        wishes({"PORT": port})


def test_the_demo_provider_can_be_left_out() -> None:
    assert not wishes({"DEMO_PROVIDER": "0"}).starts_provider
