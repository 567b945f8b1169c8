from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from hub.tools.fields import Field, parse_fields
from hub.tools.models import OutputKind, Tool, ToolRun, ToolVersion
from hub.tools.schema import Key, schema_of
from playground.catalog.models import Audience, Model
from playground.quota.limits import set_quota
from tests.questions import question_of

NEW = "/hub/tools/new/"


@pytest.fixture
def studio(as_user: Callable[[User], Client], carol: User) -> Client:
    return as_user(carol)


@pytest.fixture
def filled(model: Model) -> dict[str, Any]:
    """A studio with one field, as a browser posts it."""
    return {
        "tool-name": "Better titles",
        "tool-summary": "Titles that sell",
        "tool-category": "writing",
        "tool-icon": "edit",
        "row-field": ["0"],
        "field-0-label": "What do you sell?",
        "field-0-kind": "text",
        "field-0-required": "on",
        "version-template": "Improve: {{ what_do_you_sell }}",
        "version-system_text": "Be brief.",
        "version-model": str(model.pk),
        "version-max_output_tokens": "500",
        "version-output_kind": "markdown",
        "version-schema": "",
        "input-what_do_you_sell": "a bike",
        "form_id": "f1",
        "action": "save",
    }


def test_it_saves_a_draft(studio: Client, filled: dict[str, Any], carol: User) -> None:
    response = studio.post(NEW, filled)
    draft = ToolVersion.objects.get()
    assert response["Location"] == reverse("hub:edit_tool", args=["better-titles"])
    assert parse_fields(draft.fields) == (Field(name="what_do_you_sell", kind="text", label="What do you sell?"),)
    assert (draft.template, draft.system_text) == ("Improve: {{ what_do_you_sell }}", "Be brief.")
    assert (draft.tool.owner, draft.tool.icon, draft.sample_inputs) == (carol, "edit", {"what_do_you_sell": "a bike"})


def test_what_was_saved_comes_back_as_it_was(studio: Client, filled: dict[str, Any]) -> None:
    studio.post(NEW, filled)
    before = ToolVersion.objects.values().get()
    page = studio.get(reverse("hub:edit_tool", args=["better-titles"]))
    studio.post(reverse("hub:edit_tool", args=["better-titles"]), posted_by(page))
    assert ToolVersion.objects.values().get() == before


def posted_by(page: Any) -> dict[str, Any]:
    """What a browser would send of the page, as its forms have it."""
    parts = page.context["studio"]
    forms = [parts.details, parts.content, parts.audience, parts.trial, *parts.fields, *parts.keys]
    values = {bound.html_name: bound.value() for form in forms for bound in form}
    sent = {name: value for name, value in values.items() if value not in (None, False)}
    return sent | {
        "row-field": [row.row_id for row in parts.fields],
        "row-key": [row.row_id for row in parts.keys],
        "action": "save",
    }


def test_keys_come_back_in_their_order(studio: Client, make_draft: Callable[..., ToolVersion]) -> None:
    schema = schema_of([Key("why", description="In a word"), Key("b", "integer"), Key("a", allowed=("x", "y"))])
    draft = make_draft(output_kind=OutputKind.JSON, schema=schema)
    url = reverse("hub:edit_tool", args=[draft.tool.slug])
    studio.post(url, posted_by(studio.get(url)))
    draft.refresh_from_db()
    assert draft.schema == schema
    assert list(draft.schema["properties"]) == ["why", "b", "a"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version-template": "{{ what_do_you_sel }}"}, "Did you mean {{ what_do_you_sell }}?"),
        ({"version-system_text": "{{7*7}}"}, "Double braces hold the name of a field"),
        ({"version-template": ""}, "This field is required."),
        ({"tool-name": ""}, "This field is required."),
        ({"field-0-kind": "choice"}, "A choice needs 1 to 100 values"),
        ({"field-0-name": "two words"}, "A name is one word"),
        ({"version-output_kind": "json"}, "Say which keys the answer has."),
        ({"version-output_kind": "json", "version-schema": "{"}, "This is not JSON: line 1"),
        ({"tool-icon": "../../x"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(
    studio: Client, filled: dict[str, Any], change: dict[str, str], message: str
) -> None:
    response = studio.post(NEW, filled | change)
    assert response.status_code == 422
    assert message in response.text.replace("&#x27;", "'")
    assert "Titles that sell" in response.text
    assert not Tool.objects.exists()


@pytest.mark.parametrize(
    ("action", "labels"),
    [
        ("add_field", ["A", "B", ""]),
        ("remove_field 3", ["B"]),
        ("up_field 7", ["B", "A"]),
        ("down_field 3", ["B", "A"]),
        ("up_field 3", ["A", "B"]),
        ("down_field 99", ["A", "B"]),
    ],
)
def test_rows_are_added_removed_and_moved(
    studio: Client, filled: dict[str, Any], action: str, labels: list[str]
) -> None:
    rows = {"row-field": ["3", "7"], "field-3-label": "A", "field-7-label": "B", "action": action}
    page = studio.post(NEW, filled | rows)
    assert page.status_code == 200
    assert [row["label"].value() or "" for row in page.context["studio"].fields] == labels
    assert "Titles that sell" in page.text
    assert not Tool.objects.exists()


def test_a_new_row_is_not_scolded(studio: Client, filled: dict[str, Any]) -> None:
    page = studio.post(NEW, filled | {"action": "add_field"}).text
    assert "errorlist" not in page
    assert "field-error" not in page


def test_keys_are_rows_too(studio: Client, filled: dict[str, Any]) -> None:
    page = studio.post(NEW, filled | {"version-output_kind": "json", "action": "add_key"})
    assert len(page.context["studio"].keys) == 1
    key = {
        "row-key": ["0"],
        "key-0-name": "colour",
        "key-0-kind": "text",
        "key-0-allowed": "red\nblue",
        "action": "save",
    }
    studio.post(NEW, filled | {"version-output_kind": "json", "key-0-required": "on"} | key)
    assert ToolVersion.objects.get().schema == schema_of([Key("colour", allowed=("red", "blue"))])


def test_a_chat_may_bring_its_question(studio: Client) -> None:
    page = studio.post(NEW, {"action": "start", "version-template": "Summarise this"})
    assert ">\nSummarise this</textarea>" in page.text


def test_the_preview_is_the_prompt_that_would_be_sent(studio: Client, filled: dict[str, Any]) -> None:
    preview = studio.post("/hub/tools/preview/?part=prompt", filled).text
    assert 'id="prompt-text">Improve: a bike</pre>' in preview
    studio.post(NEW, filled | {"action": "try"})
    assert question_of(ToolRun.objects.get().run).turns[0].content == "Improve: a bike"


def test_the_preview_bears_half_a_tool(studio: Client, filled: dict[str, Any]) -> None:
    half = filled | {"field-0-label": "", "field-0-kind": "choice", "version-template": "{{ x }} {{", "tool-name": ""}
    response = studio.post("/hub/tools/preview/", half)
    assert response.status_code == 200
    assert "There is no field “x”." in response.text


def test_the_preview_points_out_what_is_filled_in_for_nothing(studio: Client, filled: dict[str, Any]) -> None:
    preview = studio.post("/hub/tools/preview/", filled | {"version-template": "Hi"}).text
    assert "“What do you sell?” is not used in the text." in preview


def test_trying_runs_the_draft_that_was_just_saved(
    studio: Client, filled: dict[str, Any], ledger_is_true: None
) -> None:
    response = studio.post(NEW, filled | {"action": "try"})
    made = ToolRun.objects.get()
    assert made.version == ToolVersion.objects.get()
    assert response["Location"] == f"{reverse('hub:edit_tool', args=['better-titles'])}?run={made.pk}#answer"


def test_trying_twice_by_a_double_click_is_one_run(
    studio: Client, filled: dict[str, Any], ledger_is_true: None
) -> None:
    studio.post(NEW, filled)
    url = reverse("hub:edit_tool", args=["better-titles"])
    for _ in range(2):
        studio.post(url, filled | {"action": "try"})
    assert ToolRun.objects.count() == 1


def test_trying_without_inputs_says_what_is_missing(studio: Client, filled: dict[str, Any]) -> None:
    response = studio.post(NEW, filled | {"action": "try", "input-what_do_you_sell": ""})
    assert response.status_code == 422
    assert "Please fill in “What do you sell?”." in response.text
    assert not ToolRun.objects.exists()


def test_publishing_saves_and_goes_live(studio: Client, filled: dict[str, Any], alice: User) -> None:
    studio.post(NEW, filled | {"action": "publish", "publish-audience": "everyone"})
    version = ToolVersion.objects.get()
    assert (version.state, version.tool.audience) == ("published", "everyone")


def test_publishing_to_nobody_in_particular_is_refused(studio: Client, filled: dict[str, Any]) -> None:
    assert studio.post(NEW, filled | {"action": "publish", "publish-audience": "the world"}).status_code == 422
    assert not Tool.objects.exists()


def test_a_model_that_is_not_hers_cannot_be_chosen(studio: Client, filled: dict[str, Any], model: Model) -> None:
    Model.objects.update(audience=Audience.NOBODY)
    assert studio.post(NEW, filled).status_code == 422


def test_thousands_of_rows_are_not_read(studio: Client, filled: dict[str, Any]) -> None:
    rows = {"row-field": [str(number) for number in range(900)]}
    page = studio.post(NEW, filled | rows | {"action": "up_field 1"})
    assert len(page.context["studio"].fields) == 100


def test_a_trial_that_is_refused_keeps_the_draft(
    studio: Client, filled: dict[str, Any], dana: User, sales: Department
) -> None:
    set_quota(scope="department", target=sales, period="month", limit=1, actor=dana, reason="test")
    response = studio.post(NEW, filled | {"action": "try"})
    assert response.status_code == 422
    assert 'data-code="quota_exceeded"' in response.text
    assert f'action="{reverse("hub:edit_tool", args=["better-titles"])}"' in response.text
    assert ToolVersion.objects.count() == 1
