"""How often a key may ask: exactly so often in the minute that begins with its first request."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.api_keys import issue_key
from accounts.models import User

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
# Nothing is there to answer it, and yet it counts.
QUESTION = {"model": "nope", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 50}


@pytest.fixture(autouse=True)
def two_a_minute(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2


@pytest.fixture
def secret(alice: User) -> str:
    return issue_key(alice, name="laptop", days=30)[1]


def post(path: str, secret: str) -> Any:
    return Client().post(path, json.dumps(QUESTION), "application/json", headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
def test_the_third_of_two_is_refused(path: str, secret: str) -> None:
    assert [post(path, secret).status_code for _ in range(2)] == [404, 404]
    refused = post(path, secret)
    assert refused.status_code == 429
    assert refused.json()["error"]["type"] == "rate_limit_error"
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["x-ratelimit-remaining-requests"] == "0"


def test_both_doors_count_together(secret: str) -> None:
    assert [post(path, secret).status_code for path in (CHAT, MESSAGES, CHAT)] == [404, 404, 429]


def test_the_turn_of_the_clocks_minute_begins_no_new_one(secret: str) -> None:
    last_second = datetime.now(UTC).replace(second=59)
    with time_machine.travel(last_second):
        assert [post(CHAT, secret).status_code for _ in range(2)] == [404, 404]
    with time_machine.travel(last_second + timedelta(seconds=2)):
        assert post(CHAT, secret).status_code == 429


def test_another_key_counts_for_itself(alice: User, secret: str) -> None:
    assert [post(CHAT, secret).status_code for _ in range(3)] == [404, 404, 429]
    assert post(CHAT, issue_key(alice, name="server", days=30)[1]).status_code == 404
