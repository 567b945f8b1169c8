"""A deployment that rests is seen on the page and by Prometheus, with its cause and how long still."""

import time

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings
from redis import Redis

from accounts.models import User
from playground.catalog.models import Model
from playground.gateway.health import target_key
from playground.traffic.cooldowns import cooldowns
from playground.traffic.metrics import exposition

pytestmark = pytest.mark.django_db


@pytest.fixture
def resting(model: Model) -> str:
    """The name of a deployment that the workers have sent to rest for a minute."""
    deployment = model.deployments.select_related("provider").get()
    key = target_key(settings.REDIS_KEY_PREFIX, str(deployment.pk))
    with Redis.from_url(settings.STREAM_REDIS_URL) as redis:
        redis.hset(key, mapping={"cause": "rate_limited", "until": int(time.time() * 1000) + 60_000})
        redis.expire(key, 60)
    return f"{deployment.name} at {deployment.provider.name}"


def test_it_is_seen(resting: str, client: Client, dana: User) -> None:
    [found] = cooldowns() or []
    assert (found.deployment, found.cause) == (resting, "rate_limited")
    assert 50 < found.seconds <= 60
    client.force_login(dana)
    page = client.get("/gateway/now/").content.decode()
    assert f"{resting} rests: Too many requests" in page
    assert f'playground_resting_seconds{{cause="rate_limited",deployment="{resting}"}}' in exposition().decode()


def test_without_the_server_that_knows_nobody_claims_that_all_is_well(
    resting: str, client: Client, dana: User, settings: Settings
) -> None:
    client.force_login(dana)
    settings.STREAM_REDIS_URL = settings.REDIS_URL = "redis://127.0.0.1:1/0"
    page = client.get("/gateway/now/").content.decode()
    assert "Nobody can say who rests" in page
    assert "The broker does not answer" in page
    assert "playground_resting_seconds{" not in exposition().decode()
