"""Every page of the hub, for every kind of person, on every kind of tool."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Department, User
from hub.tools.access import tools_for
from hub.tools.fields import Field
from hub.tools.models import Audience, Tool, ToolRun, ToolVersion
from hub.tools.versions import retire

PEOPLE = ("owner", "colleague", "stranger", "admin", "disabled", "anonymous")
# Who gets the pages of using a tool, and of making it.
USES = {
    "private": {"owner"},
    "department": {"owner", "colleague", "admin"},
    "everyone": {"owner", "colleague", "stranger", "admin"},
    "draft": set(),
    "retired": set(),
}
EDITS = {
    "private": {"owner"},
    "department": {"owner", "admin"},
    "everyone": {"owner", "admin"},
    "draft": {"owner"},
    "retired": {"owner", "admin"},
}
USING = [
    ("get", "tool"),
    ("get", "tool_about"),
    ("get", "tool_runs"),
    ("post", "create_tool_run"),
    ("post", "estimate_tool"),
]
MAKING = [("get", "edit_tool"), ("post", "edit_tool"), ("post", "retire_tool")]
OWN_RUN = [("get", "tool_run"), ("get", "download_tool_run")]
FOR_ALL = [("get", "index"), ("get", "my_runs")]
FOR_MAKERS = [("get", "new_tool"), ("post", "new_tool"), ("get", "my_tools"), ("post", "preview")]


@pytest.fixture
def people(
    carol: User, make_user: Callable[..., User], sales: Department, alice: User, dana: User
) -> dict[str, User | None]:
    return {
        "owner": carol,
        "colleague": make_user("carlos", sales, role="power_user"),
        "stranger": alice,
        "admin": dana,
        "disabled": make_user("fred", sales, role="admin", is_active=False),
        "anonymous": None,
    }


@pytest.fixture
def tools(make_tool: Callable[..., Tool], make_draft: Callable[..., ToolVersion], carol: User) -> dict[str, Tool]:
    made = {audience: make_tool(audience, audience=audience) for audience in Audience.values}
    made["retired"] = make_tool("retired")
    retire(made["retired"], by=carol)
    return made | {"draft": make_draft("draft").tool}


def visit(client: Client, user: User | None, method: str, name: str, *args: Any) -> Any:
    client.logout()
    if user is not None:
        client.force_login(user)
    return getattr(client, method)(reverse(f"hub:{name}", args=args))


def test_no_page_is_left_out_of_the_matrix() -> None:
    named = {name for _method, name in USING + MAKING + OWN_RUN + FOR_ALL + FOR_MAKERS}
    _prefix, hub = get_resolver().namespace_dict["hub"]
    assert {name for name in hub.reverse_dict if isinstance(name, str)} == named


@pytest.mark.parametrize("person", PEOPLE)
def test_a_tool_is_there_for_those_it_is_meant_for(
    client: Client, people: dict[str, User | None], tools: dict[str, Tool], person: str
) -> None:
    outside = person in {"disabled", "anonymous"}
    for (kind, tool), ((method, name), allowed) in product(
        tools.items(), [*((page, USES) for page in USING), *((page, EDITS) for page in MAKING)]
    ):
        if name == "retire_tool" and person in allowed[kind]:
            continue
        response = visit(client, people[person], method, name, tool.slug)
        expected = {302} if outside else {200, 422} if person in allowed[kind] else {404}
        assert response.status_code in expected, (person, kind, method, name)


@pytest.mark.parametrize("person", PEOPLE)
def test_the_list_holds_what_she_may_run(people: dict[str, User | None], tools: dict[str, Tool], person: str) -> None:
    user = people[person]
    seen = {tool.name for tool in tools_for(user)} if user else set()
    assert seen == {kind for kind in tools if person in USES[kind] and user}


@pytest.mark.parametrize("person", PEOPLE)
def test_pages_without_a_tool(client: Client, people: dict[str, User | None], person: str) -> None:
    outside = person in {"disabled", "anonymous"}
    for method, name in FOR_ALL + FOR_MAKERS:
        status = visit(client, people[person], method, name).status_code
        refused = person == "stranger" and (method, name) in FOR_MAKERS
        assert status in ({302} if outside else {403} if refused else {200, 422}), (person, method, name)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_run_is_its_runners_alone(
    *,
    client: Client,
    people: dict[str, User | None],
    tool: Tool,
    answer: Callable[..., ToolRun],
    eve: User,
    person: str,
) -> None:
    own = person in {"owner", "colleague", "stranger", "admin"}
    foreign = answer(tool, eve)
    for name, *rest in (("tool_run",), ("download_tool_run", "md")):
        status = visit(client, people[person], "get", name, foreign.pk, *rest).status_code
        assert status == (404 if own else 302)
    if user := people[person] if own else None:
        mine = answer(tool, user)
        for name, *rest in (("tool_run",), ("download_tool_run", "md")):
            assert visit(client, user, "get", name, mine.pk, *rest).status_code == 200


def test_foreign_and_missing_look_the_same(client: Client, tools: dict[str, Tool], alice: User) -> None:
    foreign = visit(client, alice, "get", "tool", tools["private"].slug).text
    missing = visit(client, alice, "get", "tool", "privaty").text.replace("privaty", tools["private"].slug)
    token = r'(?<=CSRFToken": ")\w+|(?<=csrfmiddlewaretoken" value=")\w+'
    assert re.sub(token, "", foreign) == re.sub(token, "", missing)


def test_a_foreign_run_does_not_fill_in_a_form(
    client: Client, tool: Tool, answer: Callable[..., ToolRun], alice: User, eve: User
) -> None:
    foreign = answer(tool, eve, "Eve's answer", title="eve's bike")
    client.force_login(alice)
    page = client.get(reverse("hub:tool", args=[tool.slug]), {"run": str(foreign.pk)}).text
    assert "eve&#x27;s bike" not in page
    assert "Eve&#x27;s answer" not in page


def test_a_department_that_a_person_left_is_closed_to_her(tools: dict[str, Tool], people: dict[str, User]) -> None:
    people["colleague"].memberships.all().delete()
    assert {tool.name for tool in tools_for(people["colleague"])} == {"everyone"}


def test_nobody_is_in_no_department(tools: dict[str, Tool], db: None) -> None:
    """A person without a department sees what is for everyone: "none" is not a department that matches."""
    lonely = User.objects.create_user("lonely")
    assert {tool.name for tool in tools_for(lonely)} == {"everyone"}


@pytest.mark.parametrize(("method", "name"), [("post", "index"), ("post", "tool"), ("get", "create_tool_run")])
def test_the_wrong_method_is_refused(client: Client, tool: Tool, alice: User, method: str, name: str) -> None:
    args = [] if name == "index" else [tool.slug]
    assert visit(client, alice, method, name, *args).status_code == 405


def test_other_wrong_methods_are_refused_too(client: Client, tool: Tool, carol: User) -> None:
    for method, name, *args in (("get", "retire_tool", tool.slug), ("get", "preview"), ("put", "edit_tool", tool.slug)):
        assert visit(client, carol, method, name, *args).status_code == 405


def test_the_field_of_one_tool_opens_no_other(make_tool: Callable[..., Tool], client: Client, alice: User) -> None:
    """A version is looked up through its tool, so a posted version id changes nothing."""
    make_tool("secret", audience="private", fields=(Field(name="pin", kind="text", label="Pin"),))
    open_tool = make_tool("open")
    client.force_login(alice)
    url = reverse("hub:create_tool_run", args=[open_tool.slug])
    client.post(url, {"version": Tool.objects.get(slug="secret").versions.get().pk, "input-title": "x"})
    assert ToolRun.objects.get().version.tool == open_tool
