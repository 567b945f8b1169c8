"""500 programs at once at /v1, by both vendors' doors, where there is room for exactly a hundred: of money, or in this
minute. The hundred are answered whole; everybody else is told so in the vendor's own words.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from django.db import connection

from accounts.api_keys import issue_key
from accounts.models import ApiKey, User
from playground.catalog.models import Deployment, Model, Price
from playground.quota.limits import set_quota
from playground.quota.models import QuotaWindow
from playground.runs.models import Run, RunState
from tests.fake_provider import FakeProvider
from tests.stack import Stack

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("stack"),
    pytest.mark.usefixtures("ledger_is_true", "model"),
]

PROGRAMS, ROOM = 500, 100
TOKENS, DOLLARS_PER_MILLION = 8, 4
PRICE = TOKENS * DOLLARS_PER_MILLION
WORD = "rush "
QUESTION = {"model": "quick", "max_tokens": TOKENS, "messages": [{"role": "user", "content": "Hello"}]}
DOORS = ("/v1/chat/completions", "/v1/messages")
OUT_OF_MONEY = {"/v1/chat/completions": "insufficient_quota", "/v1/messages": "rate_limit_error"}
TOO_FAST = dict.fromkeys(DOORS, "rate_limit_error")


@pytest.fixture
def model(make_model: Callable[..., Model], fake_provider: FakeProvider) -> Model:
    """Each answer is as long as it may be and nothing else is paid: what is set aside is what it costs."""
    model = make_model(base_url=f"{fake_provider.base_url}/v1")
    free = {"input": 0, "cached_input": 0, "output": DOLLARS_PER_MILLION * 1_000_000}
    Price.objects.create(deployment=Deployment.objects.get(model=model), effective_from=datetime.now(UTC), **free)
    fake_provider.script(text=WORD * 2 * TOKENS, reasoning="")
    return model


@pytest.fixture
def key(alice: User) -> tuple[ApiKey, str]:
    return issue_key(alice, name="server", days=30)


@pytest.fixture
def hundred_a_minute(stack: Stack) -> Iterator[str]:
    """A second web server, where a key may ask a hundred times a minute; the stack's worker answers."""
    with tempfile.TemporaryDirectory(prefix="playground-rush-") as folder:
        other = Stack(Path(folder), API_REQUESTS_PER_MINUTE=str(ROOM))
        try:
            other.start_web()
            yield other.url
        finally:
            other.stop()


@pytest.mark.parametrize("scope", ["key", "person"])
def test_a_quota_of_100_serves_exactly_100(
    stack: Stack, fake_provider: FakeProvider, key: tuple[ApiKey, str], alice: User, dana: User, scope: str
) -> None:
    target, actor = (key[0], alice) if scope == "key" else (alice, dana)
    set_quota(scope=scope, target=target, period="month", limit=ROOM * PRICE, actor=actor, reason="rush")
    connection.close()
    said = asyncio.run(rush(stack.url, key[1], OUT_OF_MONEY, {"x-quota-limit": f"{scope}/month"}))
    assert said == {"served": ROOM, "refused": PROGRAMS - ROOM}
    window = QuotaWindow.objects.get(quota__scope=scope, quota__period="month", quota__limit=ROOM * PRICE)
    assert (window.reserved, window.settled) == (0, ROOM * PRICE)
    assert Run.objects.filter(state=RunState.DONE, cost=PRICE).count() == Run.objects.count() == ROOM
    assert fake_provider.counts()["requests"] == ROOM


def test_a_hundred_a_minute_serve_exactly_100(
    hundred_a_minute: str, fake_provider: FakeProvider, key: tuple[ApiKey, str]
) -> None:
    connection.close()
    said = asyncio.run(rush(hundred_a_minute, key[1], TOO_FAST, {"x-ratelimit-remaining-requests": "0"}))
    assert said == {"served": ROOM, "refused": PROGRAMS - ROOM}
    assert Run.objects.filter(state=RunState.DONE, cost=PRICE).count() == Run.objects.count() == ROOM
    assert fake_provider.counts()["requests"] == ROOM


async def rush(url: str, secret: str, words: dict[str, str], headers: dict[str, str]) -> Counter[str]:
    """What the programs were told. A "no" counts as one only in the door's own words, with a time and these headers."""
    async with aiohttp.ClientSession(
        url,
        headers={"Authorization": f"Bearer {secret}"},
        connector=aiohttp.TCPConnector(limit=0, force_close=True),
        timeout=aiohttp.ClientTimeout(total=120),
    ) as web:
        asked = (ask(web, DOORS[number % 2], words, headers, stream=number % 4 > 1) for number in range(PROGRAMS))
        return Counter(await asyncio.gather(*asked))


async def ask(
    web: aiohttp.ClientSession, door: str, words: dict[str, str], headers: dict[str, str], *, stream: bool
) -> str:
    async with web.post(door, json={**QUESTION, "stream": stream}) as response:
        text = await response.text()
        if response.status == 200 and text.count(WORD.strip()) == TOKENS:
            return "served"
        if response.status != 429:
            return f"{door} {response.status} {text[:200]}"
        told: dict[str, Any] = await response.json()
        has_headers = headers.items() <= dict(response.headers).items() and int(response.headers["Retry-After"]) > 0
        return "refused" if is_vendors(door, told, words[door]) and has_headers else f"{door} said {told}"


def is_vendors(door: str, told: dict[str, Any], word: str) -> bool:
    error = told["error"]
    if door == "/v1/messages":
        return told == {"type": "error", "error": {"type": word, "message": error["message"]}}
    code = {"rate_limit_error": "rate_limit_exceeded"}.get(word, word)
    return told == {"error": {"type": word, "code": code, "param": None, "message": error["message"]}}
