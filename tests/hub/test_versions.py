from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import AuditEvent, User
from hub.tools.access import tools_for
from hub.tools.errors import NotReady, VersionIsFixed
from hub.tools.models import Audience, OutputKind, Tool, ToolRun, ToolVersion, VersionState
from hub.tools.versions import Content, Details, create_tool, publish, retire, save_draft, update_draft
from playground.catalog.models import Model
from playground.runs.errors import NoDepartment

DETAILS = Details(name="Titles", summary="Titles that sell")


def test_a_new_tool_is_its_makers_alone(make_draft: Callable[..., ToolVersion], carol: User) -> None:
    draft = make_draft()
    assert (draft.number, draft.state, draft.tool.audience) == (1, VersionState.DRAFT, Audience.PRIVATE)
    assert draft.tool.department.name == "Sales"
    assert not tools_for(carol).exists()


def test_an_employee_makes_no_tools(alice: User) -> None:
    with pytest.raises(PermissionDenied):
        create_tool(alice, details=DETAILS, content=Content())


def test_a_tool_needs_a_department(carol: User) -> None:
    carol.memberships.all().delete()
    with pytest.raises(NoDepartment):
        create_tool(carol, details=DETAILS, content=Content())


@pytest.mark.parametrize(
    ("name", "slug"), [("Better titles!", "better-titles"), ("商品名", "tool"), ("New", "new-tool")]
)
def test_a_name_makes_the_address(make_draft: Callable[..., ToolVersion], name: str, slug: str) -> None:
    assert make_draft(name).tool.slug == slug


def test_two_tools_may_have_one_name(make_draft: Callable[..., ToolVersion]) -> None:
    first, second = make_draft("Same"), make_draft("Same")
    assert second.tool.slug.startswith(f"{first.tool.slug}-")


def test_saving_a_draft_changes_it(make_draft: Callable[..., ToolVersion], carol: User) -> None:
    draft = make_draft()
    saved = save_draft(draft.tool, by=carol, details=DETAILS, content=Content(template="New"))
    assert (saved.pk, saved.template) == (draft.pk, "New")
    assert Tool.objects.get().name == "Titles"


def test_a_published_version_never_changes(tool: Tool, carol: User) -> None:
    live = tool.versions.get()
    saved = save_draft(tool, by=carol, details=DETAILS, content=Content(template="New"))
    live.refresh_from_db()
    assert (live.template, live.state) == ("Improve: {{ title }}", VersionState.PUBLISHED)
    assert (saved.number, saved.state) == (2, VersionState.DRAFT)


def test_a_draft_that_was_published_meanwhile_is_not_written(tool: Tool) -> None:
    with pytest.raises(VersionIsFixed):
        update_draft(tool.versions.get(), Content(template="Too late"))
    assert tool.versions.get().template == "Improve: {{ title }}"


def test_publishing_retires_the_version_before(tool: Tool, carol: User) -> None:
    draft = save_draft(tool, by=carol, details=DETAILS, content=replace_of(tool, template="Better: {{ title }}"))
    publish(draft, by=carol, audience=Audience.DEPARTMENT)
    assert list(tool.versions.order_by("number").values_list("state", flat=True)) == ["retired", "published"]
    assert Tool.objects.get().audience == Audience.DEPARTMENT


def replace_of(tool: Tool, template: str) -> Content:
    return Content(template=template, model=tool.versions.get().model)


def test_publishing_twice_is_refused(make_draft: Callable[..., ToolVersion], carol: User) -> None:
    draft = make_draft()
    publish(ToolVersion.objects.get(pk=draft.pk), by=carol, audience=Audience.EVERYONE)
    with pytest.raises(VersionIsFixed):
        publish(draft, by=carol, audience=Audience.PRIVATE)
    assert Tool.objects.get().audience == Audience.EVERYONE
    assert ToolVersion.objects.get().state == VersionState.PUBLISHED


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ({"template": " "}, "The text for the model is empty."),
        ({"model": None}, "No model is chosen."),
        ({"output_kind": OutputKind.JSON}, "The answer is data, but its keys are not described."),
    ],
)
def test_half_a_tool_is_not_published(
    make_draft: Callable[..., ToolVersion], carol: User, missing: dict[str, object], reason: str
) -> None:
    with pytest.raises(NotReady) as refusal:
        publish(make_draft(**missing), by=carol, audience=Audience.EVERYONE)
    assert refusal.value.left == reason


def test_publishing_and_retiring_are_written_down(tool: Tool, carol: User) -> None:
    retire(tool, by=carol)
    retire(tool, by=carol)
    events = AuditEvent.objects.filter(target_type="tools.tool") or AuditEvent.objects.filter(action__startswith="tool")
    assert sorted(event.action for event in events) == ["tool.published", "tool.retired"]


def test_a_retired_tool_leaves_the_hub_and_its_runs_stay(
    tool: Tool, carol: User, alice: User, answer: Callable[..., ToolRun]
) -> None:
    answer(tool, alice)
    retire(tool, by=carol)
    assert not tools_for(alice).exists()
    assert alice.tool_runs.count() == 1


@pytest.mark.parametrize("verb", ["save", "publish", "retire"])
def test_others_change_nothing(tool: Tool, alice: User, make_user: Callable[..., User], verb: str) -> None:
    stranger = make_user("stella", tool.department, role="power_user")
    verbs: dict[str, Callable[[User], object]] = {
        "save": lambda user: save_draft(tool, by=user, details=DETAILS, content=Content()),
        "publish": lambda user: publish(tool.versions.get(), by=user, audience=Audience.EVERYONE),
        "retire": lambda user: retire(tool, by=user),
    }
    for user in (alice, stranger):
        with pytest.raises(PermissionDenied):
            verbs[verb](user)


def test_an_owner_who_lost_her_role_uses_but_does_not_change(tool: Tool, carol: User) -> None:
    User.objects.filter(pk=carol.pk).update(role="employee")
    carol.refresh_from_db()
    with pytest.raises(PermissionDenied):
        retire(tool, by=carol)
    assert tools_for(carol).get() == tool


def test_the_database_knows_one_draft_and_one_live_version(tool: Tool, model: Model) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'hub_toolversion'")
        names = {row[0] for row in cursor.fetchall()}
    assert {"one_published_version_per_tool", "one_draft_per_tool"} <= names
