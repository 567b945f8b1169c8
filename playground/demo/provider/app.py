"""The ASGI application: three wires, a list of models, and a script for the tests."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from playground.demo.provider.ask import Ask, Malformed, read
from playground.demo.provider.clouds import Address, address_of
from playground.demo.provider.counts import Counts
from playground.demo.provider.embeddings import embeddings
from playground.demo.provider.script import Rule, Script
from playground.demo.provider.serve import Answering, HungUp, Send
from playground.demo.provider.wires import Spent, Wire, error_body
from playground.demo.provider.wires.chat import Chat
from playground.demo.provider.wires.messages import Messages
from playground.demo.provider.wires.responses import Responses

Receive = Callable[[], Awaitable[dict[str, Any]]]
MODELS = {
    "demo-quick": "Demo Quick",
    "demo-careful": "Demo Careful",
    "demo-reasoner": "Demo Reasoner",
    "demo-embedding": "Demo Embedding",
}
WIRES: dict[str, type[Wire]] = {wire.path: wire for wire in (Chat, Responses, Messages)}
EMBEDDINGS = "/v1/embeddings"
WORDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error"}
WORDS |= {413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error"}


class Provider:
    def __init__(self, *, scripted: bool = False) -> None:
        self.scripted = scripted
        self.script = Script()
        self.counts = Counts()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        address = address_of(path)
        if method == "POST" and address.wire in WIRES:
            await self._answer(address, scope, receive, send)
        elif method == "POST" and path == EMBEDDINGS:
            await self._embed(receive, send)
        elif method == "GET" and path == "/v1/models":
            await _reply(send, 200, _models())
        elif method == "GET" and path == "/healthz":
            await _reply(send, 200, {"ok": True})
        elif self.scripted and (method, path) in {("POST", "/script"), ("GET", "/counts"), ("POST", "/reset")}:
            await self._control(path, receive, send)
        elif self.scripted and (method, path) == ("POST", "/token"):
            await _reply(send, 200, {"access_token": "sk-fake", "expires_in": 3600, "token_type": "Bearer"})
        else:
            await _reply(send, 404, error_body(path, 404, "not_found_error", "There is nothing here."))

    async def _control(self, path: str, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        if path == "/script":
            try:
                self.script.add(json.loads(body))
            except (ValueError, TypeError) as error:
                return await _reply(send, 422, {"error": str(error)})
        elif path == "/reset":
            self.script = Script()
            self.counts = Counts(active=self.counts.active)
        return await _reply(send, 200, self.counts.as_json())

    async def _embed(self, receive: Receive, send: Send) -> None:
        try:
            body = json.loads(await _read(receive))
            answer, used = embeddings(body)
        except (ValueError, AttributeError, Malformed) as error:
            return await _reply(send, 400, error_body(EMBEDDINGS, 400, "invalid_request_error", str(error)))
        self.counts.start(EMBEDDINGS, body["model"], {}, body)
        self.counts.bill(body["model"], Spent(used))
        self.counts.by_status["200"] += 1
        self.counts.active -= 1
        return await _reply(send, 200, answer)

    async def _answer(self, address: Address, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        path = address.wire
        try:
            body = json.loads(await _read(receive))
            if address.model:
                body |= {"model": address.model, "stream": True}
            ask = read(body)
        except (ValueError, AttributeError, Malformed) as error:
            return await _reply(send, 400, error_body(path, 400, "invalid_request_error", str(error)))
        if not self.scripted and ask.model not in MODELS:
            return await _reply(send, 404, error_body(path, 404, "model_not_found", f"No model {ask.model}."))
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        counts = self.counts
        query = scope.get("query_string", b"").decode("latin-1")
        counts.start(path, ask.model, headers, body, asked=scope["path"] + (f"?{query}" if query else ""))
        if self.scripted:
            counts.by_prompt[ask.prompt] += 1
        answering = asyncio.create_task(self._serve(address, ask, send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                counts.closed_by_client += 1
                answering.cancel()
            with contextlib.suppress(asyncio.CancelledError, HungUp):
                await answering
                counts.finished += 1
        finally:
            leaving.cancel()
            self.counts.active -= 1
        return None

    async def _serve(self, address: Address, ask: Ask, send: Send) -> None:
        path = address.wire
        rule = self.script.rule_for(path, ask) or Rule()
        try:
            await asyncio.sleep(rule.delay)
            if rule.hang == "before_headers":
                await asyncio.Event().wait()
            if rule.cut == "before_headers":
                raise HungUp
            self.counts.by_status[str(rule.status)] += 1
            if rule.status != 200:  # noqa: PLR2004
                return await _refuse(send, path, rule)
            try:
                answering = Answering(ask, WIRES[path], rule, send, scripted=self.scripted, is_framed=address.is_framed)
            except (LookupError, TypeError, ValueError):
                return await _reply(send, 400, error_body(path, 400, "invalid_request_error", "What schema is this?"))
            try:
                if ask.stream and rule.malform != "ignores_stream":
                    return await answering.stream()
                return await _reply(send, 200, await answering.whole())
            finally:
                self.counts.bill(ask.model, answering.spent)
        except HungUp:
            if not rule.clean:
                send.__self__.transport.abort()  # type: ignore[attr-defined]  # uvicorn has no other way to hang up
            raise


async def _refuse(send: Send, path: str, rule: Rule) -> None:
    word = WORDS.get(rule.status, "api_error" if path == Messages.path else "server_error")
    body = rule.error or error_body(path, rule.status, word, "The script says no.")
    await _reply(send, rule.status, body, retry_after=rule.retry_after)


async def _reply(send: Send, status: int, body: dict[str, Any], *, retry_after: float | None = None) -> None:
    headers = [(b"content-type", b"application/json")]
    if retry_after is not None:
        headers.append((b"retry-after", f"{retry_after:g}".encode()))
    content = json.dumps(body, ensure_ascii=False).encode()
    headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": False})


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _models() -> dict[str, Any]:
    """One list that the clients of both vendors can read."""
    about = {"object": "model", "type": "model", "owned_by": "demo", "created": 1767225600}
    models = [
        {"id": slug, "display_name": name, "created_at": "2026-01-01T00:00:00Z", **about}
        for slug, name in MODELS.items()
    ]
    ids = list(MODELS)
    return {"object": "list", "data": models, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}


app = Provider()
