"""People and programs who ask by every door and remember what they were promised."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import aiohttp
from django.conf import settings

from accounts.api_keys import issue_key
from accounts.models import User
from hub.tools.fields import Field
from hub.tools.models import ToolRun
from hub.tools.versions import Content, Details, create_tool, publish
from playground.catalog.models import Model
from playground.chat.models import Message
from playground.runs.models import Run
from tests.stack import session_of

AWAY = (aiohttp.ClientError, OSError, TimeoutError)
TITLE = Field(name="title", kind="text", label="Title")


@dataclass
class Promise:
    """What somebody was told: the `id` of what will be answered, and what she has `seen` of the answer."""

    door: str
    id: UUID
    seen: str = ""

    def run(self) -> Run:
        """Fails when the promise was forgotten."""
        if self.door == "chat":
            answer = Message.objects.get(conversation_id=self.id, run__isnull=False).run
        elif self.door == "hub":
            answer = ToolRun.objects.get(pk=self.id).run
        else:
            answer = Run.objects.get(pk=self.id)
        assert answer is not None
        return answer


@dataclass
class Crowd:
    """`refused` counts the answers that promised nothing, by their status."""

    url: str
    cookie: str
    key: str
    model: str
    tool: str
    promises: list[Promise] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    unheard: int = 0
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def of(cls, user: User, *, model: Model, maker: User, url: str) -> "Crowd":
        """All of them sign in as `user`."""
        content = Content(fields=(TITLE,), template="Improve: {{ title }}", model=model)
        version = create_tool(maker, details=Details(name="Better titles", summary="In one click"), content=content)
        publish(version, by=maker, audience="everyone")
        return cls(url, session_of(user), issue_key(user, "drill", 1)[1], model.slug, version.tool.slug)

    async def ask(self, *, people: int, until: Callable[[], bool], seed: int) -> None:
        """By every door; so many at a time, each asking again as soon as it may."""
        async with self.browser() as web:
            await asyncio.gather(*(self._person(web, dice_of(seed + number), until) for number in range(people)))

    async def chat(self, times: int) -> list[Promise]:
        """So many questions in chats of their own, at once. All have to be taken."""
        before = len(self.promises)
        async with self.browser() as web:
            await asyncio.gather(*(self._chat(web, f"chat {next(self._numbers)}") for _ in range(times)))
        assert len(self.promises) == before + times, self.refused
        return self.promises[before:]

    def browser(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            self.url,
            cookies={settings.SESSION_COOKIE_NAME: self.cookie, settings.CSRF_COOKIE_NAME: "c" * 32},
            headers={"X-CSRFToken": "c" * 32},
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(total=60),
        )

    async def _person(self, web: aiohttp.ClientSession, dice: random.Random, until: Callable[[], bool]) -> None:
        while not until():
            door = dice.choice((self._chat, self._hub, self._completions, self._messages))
            try:
                await door(web, f"question {next(self._numbers)}")
            except AWAY:
                self.unheard += 1
            await asyncio.sleep(dice.uniform(0.05, 0.4))

    async def _chat(self, web: aiohttp.ClientSession, question: str) -> None:
        form = {"content": question, "model": self.model, "key": str(uuid4())}
        async with web.post("/chats/", data=form, allow_redirects=False) as response:
            if self._is_promised(response):
                self.promises.append(Promise("chat", UUID(response.headers["Location"].split("/")[2])))

    async def _hub(self, web: aiohttp.ClientSession, question: str) -> None:
        form = {"form_id": str(uuid4()), "input-title": question}
        async with web.post(f"/hub/tools/{self.tool}/run/", data=form, allow_redirects=False) as response:
            if self._is_promised(response):
                [named] = parse_qs(urlsplit(response.headers["Location"]).query)["run"]
                self.promises.append(Promise("hub", UUID(named)))

    async def _completions(self, web: aiohttp.ClientSession, question: str) -> None:
        await self._api(web, "/v1/chat/completions", {}, question, lambda told: told["choices"][0]["delta"]["content"])

    async def _messages(self, web: aiohttp.ClientSession, question: str) -> None:
        await self._api(web, "/v1/messages", {"max_tokens": 300}, question, lambda told: told["delta"]["text"])

    async def _api(
        self,
        web: aiohttp.ClientSession,
        path: str,
        more: dict[str, object],
        question: str,
        words: Callable[[dict[str, Any]], str],
    ) -> None:
        body = {"model": self.model, "stream": True, "messages": [{"role": "user", "content": question}], **more}
        async with web.post(path, json=body, headers={"Authorization": f"Bearer {self.key}"}) as response:
            if not self._is_promised(response):
                return
            promise = Promise("api", UUID(response.headers["x-run-id"]))
            self.promises.append(promise)
            async for told in _told(response):
                with contextlib.suppress(KeyError, IndexError):
                    promise.seen += words(told)

    def _is_promised(self, response: aiohttp.ClientResponse) -> bool:
        if response.status not in {200, 302}:
            self.refused[response.status] += 1
            return False
        return True


def dice_of(seed: int) -> random.Random:
    """The same for the same seed."""
    return random.Random(seed)  # noqa: S311 - it guards nothing


async def _told(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in response.content:
        data = line.removeprefix(b"data: ")
        if data != line and data.startswith(b"{"):
            yield json.loads(data)
