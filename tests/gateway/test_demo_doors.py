"""The demo provider as `make up` starts it: nobody may script it."""

import asyncio
import json
from typing import Any

import pytest

from playground.demo.provider.app import Provider


def _call(method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    given = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not given:
            await asyncio.Event().wait()
        return given.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    asyncio.run(Provider()(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.mark.parametrize(("method", "path"), [("POST", "/script"), ("GET", "/counts"), ("POST", "/reset")])
def test_it_takes_no_script(method: str, path: str) -> None:
    assert _call(method, path, {})[0] == 404


def test_it_knows_only_its_own_models() -> None:
    turns = [{"role": "user", "content": "Hello"}]
    status, body = _call("POST", "/v1/chat/completions", {"model": "gpt-9", "messages": turns})
    assert status == 404
    assert body["error"]["code"] == "model_not_found"


@pytest.mark.parametrize("body", [None, [], {}, {"model": "demo-quick"}, {"model": "demo-quick", "messages": ["x"]}])
def test_a_request_that_is_none_is_refused(body: object) -> None:
    assert _call("POST", "/v1/messages", body)[0] == 400


def test_both_vendors_clients_can_read_its_models() -> None:
    _, body = _call("GET", "/v1/models")
    assert body["object"] == "list"
    assert body["has_more"] is False
    assert body["data"][0]["display_name"] == "Demo Quick"


def test_a_schema_that_cannot_be_followed_is_refused() -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"$ref": "#/$defs/missing"}}}
    turns = [{"role": "user", "content": "Hello"}]
    body = {"model": "demo-quick", "messages": turns, "response_format": form}
    assert _call("POST", "/v1/chat/completions", body)[0] == 400


def test_it_says_that_it_is_well() -> None:
    assert _call("GET", "/healthz") == (200, {"ok": True})
