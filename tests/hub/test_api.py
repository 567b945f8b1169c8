"""Tools for programs: the same tools, the same runs, with schemas."""

import http.client
import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from accounts.api_keys import issue_key
from accounts.models import User
from hub.api.schemas import KINDS, input_schema
from hub.tools.fields import KINDS as FIELD_KINDS
from hub.tools.fields import Field
from hub.tools.models import OutputKind, Tool, ToolRun
from playground.catalog.models import Model
from playground.runs.models import Run
from tests.fake_provider import FakeProvider
from tests.hub.conftest import SECRET
from tests.stack import Stack, wait_until

FIELDS = (
    Field("topic", "text", "Topic", maximum=20),
    Field("tone", "choice", "Tone", choices=("warm", "cool"), default="warm"),
    Field("size", "number", "Size", required=False, minimum=1, maximum=9),
    Field("loud", "checkbox", "Loud", required=False),
)
SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}


@pytest.fixture
def secret(alice: User) -> str:
    return issue_key(alice, "laptop", 30)[1]


def call(secret: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    headers["Authorization"] = f"Bearer {secret}"
    return getattr(Client(), method)(path, headers=headers, **data)


@pytest.fixture
def wide(make_tool: Callable[..., Tool]) -> Tool:
    return make_tool("Wide", fields=FIELDS, template="{{ topic }} {{ tone }} {{ size }} {{ loud }}")


def test_every_kind_of_field_has_a_schema() -> None:
    assert KINDS.keys() == FIELD_KINDS.keys()
    jsonschema_rs.meta.validate(input_schema(FIELDS))


def test_the_list_is_of_what_its_owner_may_use(secret: str, make_tool: Callable[..., Tool]) -> None:
    make_tool("For all")
    make_tool("For Sales", audience="department")
    assert [row["name"] for row in call(secret, "get", "/v1/tools").json()["data"]] == ["For all"]
    assert call(secret, "get", "/v1/tools/for-sales").status_code == 404


def test_a_tool_says_what_it_asks_and_nothing_of_its_hidden_text(secret: str, wide: Tool) -> None:
    response = call(secret, "get", f"/v1/tools/{wide.slug}")
    described = response.json()
    assert list(described["input_schema"]["properties"]) == ["topic", "tone", "size", "loud"]
    assert described["input_schema"]["required"] == ["topic", "tone"]
    assert described["output_schema"] == {"type": "string", "contentMediaType": "text/markdown"}
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize(
    ("inputs", "param"),
    [
        ({"topic": "bikes"}, "inputs"),
        ({"topic": "bikes", "tone": "warm", "colour": "red"}, "inputs"),
        ({"topic": "x" * 21, "tone": "warm"}, "inputs.topic"),
        ({"topic": 7, "tone": "warm"}, "inputs.topic"),
        ({"topic": "   ", "tone": "warm"}, "inputs.topic"),
        ({"topic": "bikes", "tone": "hot"}, "inputs.tone"),
        ({"topic": "bikes", "tone": "warm", "size": 10}, "inputs.size"),
        ({"topic": "bikes", "tone": "warm", "loud": "yes"}, "inputs.loud"),
    ],
)
def test_wrong_inputs_are_422_and_named(secret: str, wide: Tool, inputs: Any, param: str) -> None:
    response = call(secret, "post", f"/v1/tools/{wide.slug}/runs", {"inputs": inputs})
    assert (response.status_code, response.json()["error"]["param"]) == (422, param)
    assert not Run.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("ledger_is_true", "no_worker")
def test_polling_begins_with_an_id_and_the_same_key_is_the_same_run(secret: str, wide: Tool) -> None:
    body = {"inputs": {"topic": "bikes", "tone": "warm", "size": 2.5, "loud": True}, "mode": "poll"}
    path = f"/v1/tools/{wide.slug}/runs"
    first, second = (call(secret, "post", path, body, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (202, "queued")
    assert first.json()["id"] == second.json()["id"]
    assert ToolRun.objects.get().inputs == {"topic": "bikes", "tone": "warm", "size": "2.5", "loud": True}
    assert Run.objects.get().api_key_id is not None
    assert call(secret, "get", first["Location"]).json()["id"] == first.json()["id"]


def test_a_key_without_the_scope_only_reads(alice: User, wide: Tool) -> None:
    _key, secret = issue_key(alice, "reader", 30, scopes=())
    assert call(secret, "get", "/v1/tools").status_code == 200
    body = {"inputs": {"topic": "bikes", "tone": "warm"}, "mode": "poll"}
    response = call(secret, "post", f"/v1/tools/{wide.slug}/runs", body)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "insufficient_permissions")


def test_the_run_of_somebody_else_is_missing(
    secret: str, tool: Tool, eve: User, answer: Callable[..., ToolRun]
) -> None:
    path = f"/v1/tools/{tool.slug}/runs/{answer(tool, eve).pk}"
    assert call(secret, "get", path).status_code == 404
    assert call(issue_key(eve, "laptop", 30)[1], "get", path).json()["output"] == "A fine title"


@pytest.mark.xdist_group("stack")
@pytest.mark.usefixtures("ledger_is_true")
def test_waiting_brings_data_and_streaming_brings_events(
    stack: Stack,
    fake_provider: FakeProvider,
    make_model: Callable[..., Model],
    make_tool: Callable[..., Tool],
    alice: User,
) -> None:
    served = make_model("served", base_url=f"{fake_provider.base_url}/v1")
    tool = make_tool("Titles", model=served, output_kind=OutputKind.JSON, schema=SCHEMA)
    secret, path = issue_key(alice, "laptop", 30)[1], f"/v1/tools/{tool.slug}/runs"
    body = {"inputs": {"title": "bike"}}
    result = call(secret, "post", path, body)
    assert (result.status_code, result.json()["status"], list(result.json()["data"])) == (201, "done", ["title"])
    assert result["x-cost"] == f"{result.json()['usage']['cost']:.6f}"
    assert call(secret, "get", path + f"/{result.json()['id']}").json() == result.json()
    polled = call(secret, "post", path, body | {"mode": "poll"})["Location"]
    wait_until(lambda: call(secret, "get", polled).json()["status"] == "done")
    caller = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    caller.request("POST", path, json.dumps(body | {"mode": "stream"}), headers)
    frames = caller.getresponse().read().decode().split("\n\n")
    caller.close()
    names = [frame.split("\n")[0].removeprefix("event: ") for frame in frames if frame.startswith("event")]
    assert (names[0], names[-1], set(names[1:-1])) == ("run", "result", {"delta"})
