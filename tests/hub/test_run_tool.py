from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from hub.tools.errors import ModelNotYours, PromptTooLong
from hub.tools.fields import Field
from hub.tools.models import OutputKind, Tool, ToolRun, ToolVersion
from hub.tools.running import run_tool
from hub.tools.schema import Key, schema_of
from playground.catalog.models import Audience, Model
from playground.gateway.types import Turn
from playground.quota.errors import QuotaExceeded
from playground.quota.limits import set_quota
from playground.runs.models import Run
from tests.questions import question_of

from .conftest import SECRET

pytestmark = pytest.mark.usefixtures("ledger_is_true")
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def click(client: Client, tool: Tool, form_id: str = "f1", **inputs: str) -> Any:
    data = {"form_id": form_id} | {f"input-{name}": value for name, value in inputs.items()}
    return client.post(reverse("hub:create_tool_run", args=[tool.slug]), data)


def test_it_asks_what_the_stored_version_says(tool: Tool, alice: User) -> None:
    version = tool.versions.get()
    made = run_tool(version, user=alice, inputs={"title": "old bike"}, form_id="f1")
    assert question_of(made.run).turns == (Turn("user", "Improve: old bike"),)
    assert question_of(made.run).system == SECRET
    assert (made.run.source, made.run.tool_version) == ("hub", "better-titles v1")
    assert (made.version, made.inputs) == (version, {"title": "old bike"})


def test_it_asks_for_data_by_schema(make_tool: Callable[..., Tool], alice: User) -> None:
    tool = make_tool(output_kind=OutputKind.JSON, schema=SCHEMA)
    made = run_tool(tool.versions.get(), user=alice, inputs={"title": "x"}, form_id="f1")
    assert question_of(made.run).schema == SCHEMA


def test_the_keys_of_the_answer_keep_their_order(make_tool: Callable[..., Tool], alice: User) -> None:
    schema = schema_of([Key("reasons"), Key("verdict"), Key("a")])
    tool = make_tool(output_kind=OutputKind.JSON, schema=schema)
    made = run_tool(tool.versions.get(), user=alice, inputs={"title": "x"}, form_id="f1")
    asked = question_of(made.run).schema
    assert asked is not None
    assert list(asked["properties"]) == ["reasons", "verdict", "a"]


def test_a_schema_left_over_from_before_is_not_asked_for(make_tool: Callable[..., Tool], alice: User) -> None:
    tool = make_tool(output_kind=OutputKind.TEXT, schema=SCHEMA)
    made = run_tool(tool.versions.get(), user=alice, inputs={"title": "x"}, form_id="f1")
    assert question_of(made.run).schema is None


def test_the_answer_is_no_longer_than_the_tool_says(make_tool: Callable[..., Tool], alice: User) -> None:
    tool = make_tool(max_output_tokens=123)
    made = run_tool(tool.versions.get(), user=alice, inputs={"title": "x"}, form_id="f1")
    assert made.run.max_output_tokens == 123


def test_no_other_version_gives_its_kept_answer(make_tool: Callable[..., Tool], alice: User) -> None:
    first, second = (make_tool(name=name, cache_seconds=60).versions.get() for name in ("One", "Two"))
    keys = {
        run_tool(version, user=alice, inputs={"title": "x"}, form_id="f1").run.cache_key for version in (first, second)
    }
    assert len(keys - {""}) == 2


def test_a_double_click_is_one_run(tool: Tool, alice: User, client: Client) -> None:
    client.force_login(alice)
    first, second = (click(client, tool, title="bike") for _ in range(2))
    assert first.url == second.url
    assert Run.objects.count() == ToolRun.objects.count() == 1


def test_a_form_filled_in_anew_is_another_run(tool: Tool, alice: User, client: Client) -> None:
    client.force_login(alice)
    click(client, tool, title="bike")
    click(client, tool, title="car")
    click(client, tool, form_id="f2", title="bike")
    assert ToolRun.objects.count() == 3


def test_the_same_form_of_two_people_is_two_runs(tool: Tool, alice: User, bob: User) -> None:
    for user in (alice, bob):
        run_tool(tool.versions.get(), user=user, inputs={"title": "x"}, form_id="f1")
    assert Run.objects.count() == 2


def test_a_runner_cannot_bring_her_own_definition(tool: Tool, alice: User, client: Client) -> None:
    client.force_login(alice)
    data = {"form_id": "f1", "input-title": "bike", "input-secret": "x"}
    data |= dict.fromkeys(("template", "system", "system_text", "model", "version", "max_output_tokens", "schema"), "7")
    client.post(reverse("hub:create_tool_run", args=[tool.slug]), data)
    made = ToolRun.objects.get()
    assert made.version == tool.versions.get()
    assert made.inputs == {"title": "bike"}
    assert question_of(made.run).turns[0].content == "Improve: bike"
    assert made.run.max_output_tokens == 500


def test_a_draft_is_never_what_runners_get(
    tool: Tool, make_draft: Callable[..., ToolVersion], alice: User, client: Client
) -> None:
    live = tool.versions.get()
    tool.versions.create(number=2, template="Unfinished", model=live.model, created_by=live.created_by)
    client.force_login(alice)
    click(client, tool, title="bike")
    assert ToolRun.objects.get().version == live


def test_it_refuses_a_model_that_the_runner_may_not_use(tool: Tool, alice: User, model: Model) -> None:
    Model.objects.filter(pk=model.pk).update(audience=Audience.NOBODY)
    with pytest.raises(ModelNotYours):
        run_tool(tool.versions.get(), user=alice, inputs={"title": "x"}, form_id="f1")
    assert not Run.objects.exists()


def test_it_refuses_a_prompt_beyond_all_measure(make_tool: Callable[..., Tool], alice: User) -> None:
    long = Field(name="title", kind="long_text", label="Text")
    tool = make_tool(fields=(long,), template="{{title}}" * 5)
    with pytest.raises(PromptTooLong):
        run_tool(tool.versions.get(), user=alice, inputs={"title": "x" * 50_000}, form_id="f1")


def test_a_quota_that_is_used_up_leaves_nothing_behind(
    tool: Tool, alice: User, dana: User, marketing: Department
) -> None:
    set_quota(scope="department", target=marketing, period="month", limit=1, actor=dana, reason="test")
    with pytest.raises(QuotaExceeded):
        run_tool(tool.versions.get(), user=alice, inputs={"title": "x"}, form_id="f1")
    assert not ToolRun.objects.exists()


def test_wrong_inputs_come_back_with_what_was_typed(
    make_tool: Callable[..., Tool], alice: User, client: Client
) -> None:
    fields = (Field(name="title", kind="text", label="Title"), Field(name="n", kind="number", label="Pieces"))
    tool = make_tool(fields=fields)
    client.force_login(alice)
    response = click(client, tool, title="my bike", n="many")
    assert response.status_code == 422
    assert 'value="my bike"' in response.text
    assert "Enter a number." in response.text
    assert not Run.objects.exists()
