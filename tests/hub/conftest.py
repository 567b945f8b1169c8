"""Tools for the hub's tests: a small one by default, and a run of it that has been answered."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from hub.tools.fields import Field
from hub.tools.models import Audience, Tool, ToolRun, ToolVersion
from hub.tools.running import run_tool
from hub.tools.versions import Content, Details, create_tool, publish
from playground.catalog.models import Model
from playground.runs.models import Run, RunState

TITLE = Field(name="title", kind="text", label="Title")
SECRET = "Never say the word heliotrope."


@pytest.fixture
def make_draft(carol: User, model: Model) -> Callable[..., ToolVersion]:
    """Carol's, in Sales, unless the test says otherwise."""

    def make(name: str = "Better titles", *, owner: User = carol, **content: Any) -> ToolVersion:
        values: dict[str, Any] = {
            "fields": (TITLE,),
            "template": "Improve: {{ title }}",
            "system_text": SECRET,
            "model": model,
        }
        details = Details(name=name, summary=f"{name} in one click")
        return create_tool(owner, details=details, content=Content(**(values | content)))

    return make


@pytest.fixture
def make_tool(make_draft: Callable[..., ToolVersion]) -> Callable[..., Tool]:
    def make(*args: Any, audience: str = Audience.EVERYONE, **values: Any) -> Tool:
        draft = make_draft(*args, **values)
        publish(draft, by=draft.tool.owner, audience=audience)
        return Tool.objects.get(pk=draft.tool_id)

    return make


@pytest.fixture
def tool(make_tool: Callable[..., Tool]) -> Tool:
    return make_tool()


@pytest.fixture
def answer(ledger_is_true: None) -> Callable[..., ToolRun]:
    """A run by `user` that has been answered with `output`; no worker was needed."""

    def make(tool: Tool, user: User, output: str = "A fine title", *, title: str = "bike", **run: Any) -> ToolRun:
        version = tool.versions.get(state="published")
        made = run_tool(version, user=user, inputs={"title": title}, form_id=str(ToolRun.objects.count()))
        columns = {
            "state": RunState.DONE,
            "output": output,
            "output_html": f"<p>{len(output)} letters</p>",
            "finished_at": timezone.now(),
        }
        Run.objects.filter(pk=made.run_id).update(**(columns | run))
        return ToolRun.objects.get(pk=made.pk)

    return make


@pytest.fixture
def as_user(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in
