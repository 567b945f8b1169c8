"""Everybody at once, over HTTP, before a department with room for exactly a hundred."""

import asyncio
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import aiohttp
import pytest
from django.db import connection

from accounts.models import Department, User
from playground.catalog.models import Model
from playground.quota.limits import set_quota
from playground.quota.models import QuotaWindow, Reservation
from playground.runs.models import LIVE_STATES, Run, RunState
from playground.runs.start import cancel_run
from tests.drills.crowd import Crowd
from tests.fake_provider import FakeProvider
from tests.stack import Stack, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

PEOPLE, ROOM = 500, 100


def test_of_500_who_ask_at_once_exactly_the_100_that_fit_are_admitted(
    stack: Stack,
    fake_provider: FakeProvider,
    make_model: Callable[..., Model],
    alice: User,
    carol: User,
    dana: User,
    marketing: Department,
    ledger_is_true: None,
) -> None:
    model = make_model("served", base_url=f"{fake_provider.base_url}/v1")
    crowd = Crowd.of(alice, model=model, maker=carol, url=stack.url)
    stack.stop_worker()  # an answer that is settled makes room
    limit = ROOM * price_of_one(crowd)
    set_quota(scope="department", target=marketing, period="month", limit=limit, actor=dana, reason="drill")
    connection.close()
    answers = asyncio.run(rush(crowd))
    assert answers == {"admitted": ROOM, "refused": PEOPLE - ROOM}
    window = QuotaWindow.objects.get(quota__department=marketing, quota__period="month")
    assert (window.reserved, window.settled) == (limit, 0)
    stack.start_worker()
    wait_until(lambda: not Run.objects.filter(state__in=LIVE_STATES).exists(), seconds=120, what="all answered")
    assert Run.objects.filter(state=RunState.DONE).count() == fake_provider.counts()["requests"] == ROOM


def price_of_one(crowd: Crowd) -> int:
    """What is set aside for a question, by both doors."""

    async def ask() -> None:
        async with crowd.browser() as web:
            assert [await chat(crowd, web, 0), await complete(crowd, web, 0)] == ["admitted"] * 2

    asyncio.run(ask())
    [amount] = set(Reservation.objects.values_list("amount", flat=True))
    for run in Run.objects.all():
        cancel_run(run)
    return amount


async def rush(crowd: Crowd) -> Counter[str]:
    async with crowd.browser() as web:
        doors = (chat, complete)
        return Counter(await asyncio.gather(*(doors[number % 2](crowd, web, number) for number in range(PEOPLE))))


async def chat(crowd: Crowd, web: aiohttp.ClientSession, number: int) -> str:
    form = {"content": f"question {number:03}", "model": crowd.model, "key": str(uuid4())}
    async with web.post("/chats/", data=form, allow_redirects=False) as response:
        if response.status == 422 and "has used up its quota" in await response.text():
            return "refused"
        return "admitted" if response.status == 302 else f"chat {response.status}"


async def complete(crowd: Crowd, web: aiohttp.ClientSession, number: int) -> str:
    body = {"model": crowd.model, "messages": [{"role": "user", "content": f"question {number:03}"}], "stream": True}
    headers = {"Authorization": f"Bearer {crowd.key}"}
    async with web.post("/v1/chat/completions", json=body, headers=headers) as response:
        if response.status == 429 and (await response.json())["error"]["code"] == "insufficient_quota":
            return "refused"
        return "admitted" if response.status == 200 else f"api {response.status}"
