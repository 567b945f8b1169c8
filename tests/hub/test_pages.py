from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from hub.tools.fields import Field
from hub.tools.models import OutputKind, Tool, ToolRun
from hub.tools.schema import Key, schema_of
from playground.quota.limits import set_quota
from playground.runs.models import RunState
from tests.queries import queries_of

from .conftest import SECRET

HTMX = {"HX-Request": "true"}
ATTACK = '"><img src=x onerror=alert(1)>'


def url_of(tool: Tool, name: str = "tool") -> str:
    return reverse(f"hub:{name}", args=[tool.slug])


def test_search_finds_every_word_in_name_or_line(
    make_tool: Callable[..., Tool], as_user: Callable[[User], Client], alice: User
) -> None:
    make_tool("Listing titles")
    make_tool("Meeting notes")
    page = as_user(alice).get("/hub/", {"q": "TITLES click"}).text
    assert "Listing titles" in page
    assert "Meeting notes" not in page


def test_filters_stay_in_the_address_and_the_form(tool: Tool, as_user: Callable[[User], Client], alice: User) -> None:
    page = as_user(alice).get("/hub/", {"q": "titles", "category": "other", "department": "sales"})
    assert [card.tool for card in page.context["cards"]] == [tool]
    assert 'value="titles"' in page.text
    assert '<option value="sales" selected>' in page.text
    assert '<option value="other" selected>' in page.text


def test_a_filter_that_is_none_finds_what_is_there(tool: Tool, as_user: Callable[[User], Client], alice: User) -> None:
    assert "Better titles" in as_user(alice).get("/hub/", {"category": "'; DROP", "page": "x"}).text


def test_htmx_gets_the_part_and_the_page_includes_the_same(
    tool: Tool, as_user: Callable[[User], Client], alice: User
) -> None:
    client = as_user(alice)
    part = client.get("/hub/", headers=HTMX).text
    assert "<html" not in part
    assert part.strip() in client.get("/hub/").text


def test_her_departments_tools_come_first_and_once(
    make_tool: Callable[..., Tool], as_user: Callable[[User], Client], eve: User, ana: User
) -> None:
    of_hers = make_tool("Of Sales")
    other = make_tool("Of others")
    Tool.objects.filter(pk=other.pk).update(department=ana.departments.get())
    page = as_user(eve).get("/hub/")
    assert [card.tool for card in page.context["for_you"]] == [of_hers]
    assert [card.tool for card in page.context["cards"]] == [other]


@pytest.mark.parametrize("name", ["index", "my_runs", "my_tools"])
def test_lists_need_the_same_queries_at_any_length(
    make_tool: Callable[..., Tool], answer: Callable[..., ToolRun], as_user: Any, carol: User, name: str
) -> None:
    client = as_user(carol)
    counts = []
    for wanted in (9, 60):
        for number in range(Tool.objects.count(), wanted):
            answer(make_tool(f"Tool {number}"), carol)
        counts.append(queries_of(client, reverse(f"hub:{name}")))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["tool", "tool_about", "tool_runs", "edit_tool"])
def test_a_tool_that_many_used_needs_no_more_queries(
    *, tool: Tool, answer: Callable[..., ToolRun], as_user: Any, alice: User, carol: User, name: str
) -> None:
    client = as_user(carol)
    counts = []
    for wanted in (3, 60):
        for number in range(ToolRun.objects.count(), wanted):
            answer(tool, carol if number % 2 else alice)
        counts.append(queries_of(client, url_of(tool, name)))
    assert counts[0] == counts[1]


def test_the_form_is_filled_from_the_address(make_tool: Callable[..., Tool], as_user: Any, alice: User) -> None:
    box = Field(name="box", kind="checkbox", label="Box")
    tool = make_tool(fields=(Field(name="title", kind="text", label="Title"), box), sample_inputs={"title": "a sample"})
    client = as_user(alice)
    page = client.get(url_of(tool), {"title": "from a link", "box": "yes", "system_text": "x"}).text
    assert 'value="from a link"' in page
    assert "checked" in page
    assert 'value="a sample"' in client.get(url_of(tool), {"sample": ""}).text


def test_a_reload_keeps_values_and_answer(
    tool: Tool, answer: Callable[..., ToolRun], as_user: Callable[[User], Client], alice: User
) -> None:
    made = answer(tool, alice, "# A fine title")
    page = as_user(alice).get(url_of(tool), {"run": str(made.pk)}).text
    assert 'value="bike"' in page
    assert made.run.output_html in page


def test_a_run_by_htmx_answers_with_the_bench_and_its_address(
    tool: Tool, as_user: Callable[[User], Client], alice: User
) -> None:
    url = url_of(tool, "create_tool_run")
    response = as_user(alice).post(url, {"form_id": "f1", "input-title": "bike"}, headers=HTMX)
    made = ToolRun.objects.get()
    assert response.headers["HX-Replace-Url"] == f"{url_of(tool)}?run={made.pk}"
    assert f'hx-sse:connect="{reverse("runs:run_events", args=[made.run_id])}"' in response.text
    assert 'value="bike"' in response.text
    assert 'name="form_id" value="f1"' not in response.text


def test_at_the_end_the_answer_takes_the_place_of_the_stream(
    tool: Tool, answer: Callable[..., ToolRun], as_user: Callable[[User], Client], alice: User
) -> None:
    made = answer(tool, alice)
    part = as_user(alice).get(reverse("hub:tool_run", args=[made.pk]), {"in": "bench"}, headers=HTMX).text
    assert made.run.output_html in part
    assert "<html" not in part
    assert 'form="tool-form"' in part


def test_data_is_a_list_of_names_and_problems_are_sentences(
    make_tool: Callable[..., Tool], answer: Callable[..., ToolRun], as_user: Callable[[User], Client], alice: User
) -> None:
    tool = make_tool(output_kind=OutputKind.JSON, schema=schema_of([Key("colour", allowed=("red",))]))
    made = answer(tool, alice, '{"colour": "reddish"}')
    page = as_user(alice).get(reverse("hub:tool_run", args=[made.pk])).text
    assert "<dt>colour</dt>" in page
    assert "must be one of “red”; the model gave “reddish”." in page


@pytest.mark.parametrize("state", [RunState.CANCELLED, RunState.FAILED, RunState.INTERRUPTED])
def test_half_an_answer_is_shown_and_not_judged(
    make_tool: Callable[..., Tool], answer: Callable[..., ToolRun], as_user: Any, alice: User, state: str
) -> None:
    tool = make_tool(output_kind=OutputKind.JSON, schema=schema_of([Key("colour")]))
    made = answer(tool, alice, '{"col', state=state)
    page = as_user(alice).get(reverse("hub:tool_run", args=[made.pk])).text
    assert "{&quot;col" in page
    assert "Please check the answer" not in page


@pytest.mark.parametrize(
    ("kind", "ending", "content_type", "body"),
    [
        (OutputKind.MARKDOWN, "md", "text/markdown; charset=utf-8", '{"a":"é"}'),
        (OutputKind.TEXT, "txt", "text/plain; charset=utf-8", '{"a":"é"}'),
        (OutputKind.JSON, "json", "application/json; charset=utf-8", '{\n  "a": "é"\n}\n'),
    ],
)
def test_an_answer_is_downloaded_as_a_file(
    *,
    make_tool: Callable[..., Tool],
    answer: Callable[..., ToolRun],
    as_user: Any,
    alice: User,
    kind: str,
    ending: str,
    content_type: str,
    body: str,
) -> None:
    tool = make_tool('../"evil"\r\nX-Evil: 1', output_kind=kind, schema=schema_of([Key("a")]))
    made = answer(tool, alice, '{"a":"é"}')
    response = as_user(alice).get(reverse("hub:download_tool_run", args=[made.pk, ending]))
    assert response.text == body
    assert response.headers["Content-Type"] == content_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    name = response.headers["Content-Disposition"].removeprefix('attachment; filename="')
    assert name.startswith("evil-x-evil-1-20")
    assert name.endswith(f'.{ending}"')


@pytest.mark.parametrize("ending", ["exe", "json", "html"])
def test_other_files_are_not_there(
    tool: Tool, answer: Callable[..., ToolRun], as_user: Any, alice: User, ending: str
) -> None:
    made = answer(tool, alice)
    assert as_user(alice).get(reverse("hub:download_tool_run", args=[made.pk, ending])).status_code == 404


def test_the_hidden_text_is_nowhere_a_runner_looks(
    tool: Tool, answer: Callable[..., ToolRun], as_user: Callable[[User], Client], alice: User
) -> None:
    made = answer(tool, alice)
    client = as_user(alice)
    pages = [
        client.get(url)
        for url in (
            "/hub/",
            *(url_of(tool, name) for name in ("tool", "tool_about", "tool_runs")),
            f"{url_of(tool)}?run={made.pk}",
            reverse("hub:my_runs"),
            reverse("hub:tool_run", args=[made.pk]),
            reverse("hub:download_tool_run", args=[made.pk, "md"]),
            reverse("hub:download_tool_run", args=[made.pk, "txt"]),
        )
    ]
    pages.append(client.post(url_of(tool, "create_tool_run"), {"form_id": "f9", "input-title": "bike"}, headers=HTMX))
    pages.append(client.post(url_of(tool, "create_tool_run"), {"form_id": "f9"}))
    assert [page.status_code for page in pages] == [200] * 10 + [422]
    for page in pages:
        assert SECRET not in page.text
        assert "Improve:" not in page.text


def test_names_labels_inputs_and_answers_are_only_text(
    make_tool: Callable[..., Tool], answer: Callable[..., ToolRun], as_user: Any, carol: User
) -> None:
    field = Field(name="title", kind="text", label=ATTACK, help=ATTACK, placeholder=ATTACK, default=ATTACK)
    tool = make_tool(
        ATTACK, fields=(field,), output_kind=OutputKind.JSON, schema=schema_of([Key("a")]), system_text=ATTACK
    )
    made = answer(tool, carol, '{"a": "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(2)>": 1}', title=ATTACK)
    client = as_user(carol)
    urls = ["/hub/", f"/hub/?q={ATTACK}", reverse("hub:my_runs"), reverse("hub:my_tools")]
    urls += [url_of(tool, name) for name in ("tool", "tool_about", "tool_runs", "edit_tool")]
    urls += [f"{url_of(tool)}?run={made.pk}", f"{url_of(tool)}?title={ATTACK}"]
    urls.append(reverse("hub:tool_run", args=[made.pk]))
    for url in urls:
        page = client.get(url)
        assert page.status_code == 200
        assert "<img" not in page.text, url


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_refusal_leaves_what_was_typed(
    *, tool: Tool, as_user: Any, alice: User, dana: User, marketing: Department, headers: dict[str, str]
) -> None:
    set_quota(scope="department", target=marketing, period="month", limit=1, actor=dana, reason="test")
    url = url_of(tool, "create_tool_run")
    response = as_user(alice).post(url, {"form_id": "f1", "input-title": "my bike"}, headers=headers)
    assert response.status_code == 422
    assert 'data-code="quota_exceeded"' in response.text
    assert 'value="my bike"' in response.text
