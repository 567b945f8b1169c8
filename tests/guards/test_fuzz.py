"""Whatever is sent, the answer is never a fault of ours: at worst a 4xx that says what is wrong."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.guards.world import World

TEXTS: dict[str, str] = {
    "empty": "",
    "spaces": " \t\r\n ",
    "nul": "a\x00b",
    "a nul in letters": "a \\u0000 b \\\\u0000",
    "control": "\x01\x1b[31m\x7f\u202e\ufeff",
    "negative": "-1",
    "past a bigint": "99999999999999999999",
    "near a bigint": "9223372036854",
    "past any int": "9" * 5_000,
    "float": "1e400",
    "exponent": "1e9999999",
    "nan": "nan",
    "not a uuid": "5a9e",
    "first day": "0001-01-01T00:00:00+00:00",
    "last day": "9999-12-31T23:59:59-12:00",
    "markup": "<script>'\"&{{ x }}{% y %}",
    "sql": "' OR 1=1; --",
    "path": "../../etc/passwd",
    "address": "http://[",
    "word": "word",
    "long": "é" * 100_000,
}
RAW = {"surrogate": b"\xed\xa0\x80", "latin": b"\xff\xfe"}
KEY = "11111111-2222-4333-8444-555555555555"
SAY = {"content": "Hello", "model": "quick", "key": KEY}
LIMIT = {"limit": "50", "reason": "Because"}
PLACE = {"department": "Legal", "is_owner": "on", "reason": "Because"}
STUDIO = {
    "tool-name": "Titles",
    "tool-summary": "Better",
    "tool-category": "other",
    "tool-icon": "tool",
    "action": "save",
    "version-template": "Improve {{ title }}",
    "version-system_text": "",
    "version-max_output_tokens": "500",
    "version-model": "1",
    "version-output_kind": "json",
    "version-schema": '{"type": "object"}',
    "form_id": "1",
    "publish-audience": "private",
    "row-field": "1",
    "row-key": "1",
    "input-title": "bike",
    "field-1-label": "Title",
    "field-1-name": "title",
    "field-1-kind": "text",
    "field-1-choices": "a\nb",
    "field-1-minimum": "1",
    "field-1-maximum": "5",
    "field-1-default": "",
    "field-1-help": "",
    "key-1-name": "answer",
    "key-1-kind": "text",
    "key-1-required": "on",
    "key-1-allowed": "",
}
# What the product reads where, as somebody would fill it in: each value is replaced by each of the above.
FORMS: list[tuple[str, str, str, str | None, dict[str, str]]] = [
    ("get", "alice", "chat:list", None, {"before": "2026-01-01T00:00:00+00:00", "id": KEY}),
    ("get", "alice", "chat:conversation", "conversation", {"before": "1"}),
    ("post", "alice", "chat:create", None, SAY),
    ("post", "alice", "chat:create_message", "conversation", SAY),
    ("post", "alice", "chat:regenerate", "message", {"model": "quick", "key": KEY}),
    ("post", "alice", "chat:continue", "message", {"model": "quick", "key": KEY}),
    ("post", "alice", "chat:rename", "conversation", {"title": "A name"}),
    ("get", "alice", "hub:index", None, {"q": "title", "category": "other", "department": "sales", "page": "1"}),
    ("get", "alice", "hub:tool", "everyone's tool", {"run": KEY, "title": "bike", "sample": "1"}),
    ("get", "alice", "hub:tool_runs", "everyone's tool", {"page": "1"}),
    ("post", "alice", "hub:create_tool_run", "everyone's tool", {"input-title": "bike", "form_id": "1"}),
    ("get", "alice", "hub:my_runs", None, {"q": "title", "page": "1"}),
    ("get", "alice", "hub:tool_run", "tool run", {"in": "bench"}),
    ("get", "carol", "hub:my_tools", None, {"page": "1"}),
    ("post", "carol", "hub:new_tool", None, STUDIO),
    ("post", "carol", "hub:edit_tool", "everyone's tool", {"action": "add_field 1", "row-field": "1", "row-key": "1"}),
    ("post", "carol", "hub:preview", None, STUDIO),
    ("get", "carol", "hub:edit_tool", "everyone's tool", {"run": KEY}),
    ("get", "dana", "quota:manage", None, {"q": "mark", "page": "1"}),
    ("get", "dana", "quota:manage_people", None, {"q": "bob", "page": "1"}),
    ("post", "dana", "quota:edit_company", "company", LIMIT),
    ("post", "dana", "quota:edit_department", "Marketing", LIMIT),
    ("post", "dana", "quota:edit_person", "quota of bob", LIMIT | {"preview": "1"}),
    (
        *("post", "dana", "catalog:create_price", "deployment"),
        {"input": "1", "cached_input": "1", "output": "2", "image": "1", "effective_from": "2099-01-01T00:00"},
    ),
    (
        *("post", "dana", "catalog:deployment", "deployment"),
        {"priority": "1", "weight": "1", "requests_per_minute": "1", "tokens_per_minute": "1", "max_parallel": "1"}
        | {"first_byte_seconds": "1", "idle_seconds": "1", "total_seconds": "1"},
    ),
    ("post", "dana", "catalog:fallbacks", "model", {"outage_1": "1", "rate_1": "2"}),
    ("post", "dana", "catalog:defaults", None, {"model_1": "1"}),
    ("post", "dana", "catalog:preview_prices", None, {"text": "model,input,output\nquick,1,2"}),
    ("post", "dana", "catalog:apply_prices", None, {"text": "model,input,output\nquick,1,2"}),
    ("get", "dana", "providers:create", None, {"preset": "other"}),
    (
        *("post", "dana", "providers:provider", "provider"),
        {"name": "P", "base_url": "http://127.0.0.1:9/v1", "credential_variable": "", "data_use": "unknown"},
    ),
    ("post", "dana", "providers:add_models", "provider", {"names": "a-model"}),
    (
        *("get", "dana", "traffic:index", None),
        {
            "period": "year",
            "until": "2026-01-01T00:00",
            "by": "model",
            "key": "Quick",
            "department": "1",
            "sort": "cost",
        },
    ),
    ("get", "dana", "traffic:export", None, {"period": "hour", "until": "2026-01-01T00:00", "by": "tool", "key": "a"}),
    (
        *("get", "dana", "traffic:runs", None),
        {
            "outcome": "failed",
            "cause": "broken",
            "source": "chat",
            "model": "Quick",
            "tool": "a",
            "deployment": "a at b",
        },
    ),
    (
        *("get", "dana", "traffic:runs", None),
        {"provider": "b", "department": "1", "since": "2026-01-01T00:00", "until": "2026-01-01T00:00"},
    ),
    ("get", "dana", "traffic:runs", None, {"before": "2026-01-01T00:00:00+00:00", "id": KEY}),
    ("post", "alice", "chat:estimate", None, SAY),
    ("post", "alice", "chat:estimate_in", "conversation", SAY),
    ("post", "alice", "hub:estimate_tool", "everyone's tool", {"input-title": "bike"}),
    (
        *("post", "dana", "catalog:model", "model"),
        {
            "name": "Quick",
            "description": "",
            "audience": "everyone",
            "departments": "1",
            "roles": "admin",
            "context_tokens": "128000",
            "max_output_tokens": "500",
            "routing": "weighted",
            "new_until": "2099-01-01",
            "retires_on": "2099-01-01",
            "replacement": "1",
            "position": "1",
        },
    ),
    ("post", "alice", "keys", None, {"name": "laptop", "days": "30", "limit": "5", "asks_models": "on"}),
    ("post", "alice", "limit_key", "key", {"limit": "5"}),
    ("get", "dana", "people", None, {"q": "bob", "state": "active", "page": "1"}),
    ("post", "dana", "disable_person", "bob", {"reason": "left"}),
    ("post", "dana", "enable_person", "bob", {"reason": "back"}),
    ("post", "dana", "change_role", "bob", {"role": "admin", "reason": "Because"}),
    ("post", "dana", "add_place", "bob", PLACE),
    ("get", "alice", "sign_in", None, {"next": "/hub/"}),
    ("get", "anonymous", "sign_in", None, {"next": "/hub/"}),
    ("get", "anonymous", "openid_connect_callback", None, {"state": "x", "code": "y", "error": "z"}),
    ("post", "anonymous", "openid_connect_login", None, {"next": "/hub/"}),
]


def status(client: Client, verb: str, path: str, data: Any) -> int:
    """With all that it changed taken back."""
    with transaction.atomic():
        answer: int = getattr(client, verb)(path, data).status_code
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize(("verb", "actor", "name", "on", "filled"), FORMS, ids=lambda value: str(value)[:25])
def test_no_form_and_no_query_is_a_fault_of_ours(
    world: World, *, verb: str, actor: str, name: str, on: str | None, filled: dict[str, str]
) -> None:
    client = world.client(actor, raise_request_exception=False)
    path = reverse(name, kwargs=world.objects[on] if on else {})
    wrong: dict[str, str | bytes] = {**TEXTS, **RAW}
    faults = [
        (field, kind)
        for field in filled
        for kind, text in wrong.items()
        if not (verb == "get" and kind == "long")
        and status(client, verb, path, filled | {field: [text, text], "unknown": text}) >= 500
    ]
    assert faults == []


ODD_HEADERS = [
    {"HX-Request": "true", "HX-Current-URL": "http://["},
    {"HX-Request": "true", "HX-Current-URL": "//[/\x01", "HX-Target": "%00"},
    {"Referer": "http://[", "Origin": "null"},
    {"Accept-Language": "x" * 5_000, "Accept": "\xff"},
    {"Cookie": f'{settings.SESSION_COOKIE_NAME}="\\000aaaaaaaaaaaa"; tz="\\000"; theme="\\000"; csrftoken=x'},
    {"Cookie": "=;;;\xff=\xff; messages=x"},
    {"X-Forwarded-For": "x", "X-Forwarded-Host": "evil.example", "X-Remote-User": "dana"},
    {"Last-Event-ID": "9" * 5_000},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "3"},
]


@pytest.mark.parametrize("headers", ODD_HEADERS, ids=" ".join)
@pytest.mark.parametrize("actor", ["anonymous", "alice"])
def test_no_header_is_a_fault_of_ours(world: World, actor: str, headers: dict[str, str]) -> None:
    kind = headers.get("Content-Type", "text/plain")
    for name, on in (("chat:new", None), ("chat:delete", "conversation"), ("sign_in", None), ("livez", None)):
        client = world.client(actor, raise_request_exception=False)
        path = reverse(name, kwargs=world.objects[on] if on else {})
        assert client.get(path, headers=headers).status_code < 500, name
        assert client.post(path, b"a=\xff", content_type=kind, headers=headers).status_code < 500, name


YES = True


def body(**changes: object) -> bytes:
    """Streamed, because nobody answers here and a whole answer would be waited for."""
    question = {
        "model": "quick",
        "messages": [{"role": "user", "content": "Hello"}],
        "max_tokens": 50,
        "stream": True,
    }
    return json.dumps(question | changes).encode()


def turn(content: object) -> bytes:
    return body(messages=[{"role": "user", "content": content}])


def nested(depth: int) -> list[bytes]:
    inner = b'{"properties": {"a": ' * depth + b"{}" + b"}}" * depth
    return [sent.replace(b'"here"', inner) for sent in with_schema({"a": "here"})]


def with_schema(schema: object) -> list[bytes]:
    """As OpenAI's wire has it, and as Anthropic's has it."""
    openai = {"type": "json_schema", "json_schema": {"schema": schema}}
    return [body(response_format=openai), body(output_config={"format": {"type": "json_schema", "schema": schema}})]


def bodies(name: str, *values: object) -> list[bytes]:
    return [body(**{name: value}) for value in values]


def turns(*contents: object) -> list[bytes]:
    return [turn(content) for content in contents]


ODD_ROLES: list[object] = [1, [], {}, None, "root", "\ud800"]
ODD_BODIES: list[bytes] = [
    *(b"", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b'{"a": NaN}', b'{"model": "quick", "model": 1}', b"\x00"),
    *(b"[" * 10_000, b'{"a":' * 10_000, b'{"max_tokens": ' + b"9" * 5_000 + b"}", b'{"' + b"k" * 2_000_000 + b'": 1}'),
    b"x" * 5_000_000,
    *bodies("max_tokens", 0, -1, 1.5, "5", YES, [], 2**31, 2**63, 10**400),
    *bodies("temperature", -1, 3, "hot", YES, 10**400, []),
    *bodies("stop", 1, [1], ["a"] * 5, {"a": 1}, ["\ud800\x00"]),
    *bodies("stop_sequences", 1, [1], ["\ud800"]),
    *bodies("stream", "yes", 1, []),
    *bodies("model", "", "\x00", "\ud800", "x" * 100_000, 1, None, [], {}),
    *bodies("messages", [], {}, "x", [1], [None], [[]], [{"role": "user"}]),
    *turns(1, None, {}, [1], [{"type": "image_url"}], [{"type": "text", "text": 1}]),
    *turns("\x00", "\ud800", "\\u0000", "a\\", "\\ud800", "é" * 200_000),
    *(body(messages=[{"role": role, "content": "x"}]) for role in ODD_ROLES),
    *with_schema({"title": "\ud800"}),
    *with_schema({"title": "\x00 \\u0000", "\x00": 1, "\ud800": 2}),
    *with_schema({"maximum": 10**300}),
    *nested(100),
    *nested(450),
    *with_schema([]),
    *(body(**{name: "http://127.0.0.1:9"}) for name in ("api_base", "base_url", "extra_headers", "api_key", "tools")),
    *(body(**{name: "\x00\ud800"}) for name in ("user", "metadata", "store", "seed", "n", "stream_options")),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_worker")
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_no_body_of_a_program_is_a_fault_of_ours(world: World, path: str) -> None:
    client = world.client("alice's key", raise_request_exception=False)
    for sent in ODD_BODIES:
        response = client.post(path, sent, content_type="application/json")
        assert response.status_code < 500, (sent[:200], response.content[:300])
        assert response.status_code == 200 or "error" in response.json(), sent[:200]


@pytest.mark.parametrize(
    "path", ["/%00", "/hub/tools/%00/", "/chats/%ED%A0%80/", "/%0A%1B[31m", f"/people/{'9' * 400}/"]
)
def test_no_path_is_a_fault_of_ours(world: World, path: str) -> None:
    assert world.client("dana", raise_request_exception=False).get(path).status_code == 404
