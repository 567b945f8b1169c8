"""A small company in the middle of its day: something of everybody's, for those who try to get at it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.api_keys import issue_key, revoke_key
from accounts.models import Department, User
from hub.tools.fields import Field
from hub.tools.models import Audience, Tool
from hub.tools.running import run_tool
from hub.tools.versions import Content, Details, create_tool, publish
from playground.catalog.models import Deployment, Model
from playground.chat.conversations import delete_conversation, start_conversation
from playground.chat.models import Conversation, Role
from playground.runs.models import Run, RunState
from playground.traffic.folding import fold_all

MISSING = {
    "uuid": UUID("00000000-0000-4000-8000-000000000000"),
    "int": 987_654_321,
    "slug": "nothing-of-that-name",
    "str": "nothing",
    "path": "nothing",
}
FIELD = Field(name="title", kind="text", label="Title")


@dataclass
class World:
    """`people` by name; `secrets` are API keys; `objects` are the arguments of URLs, by the words of the policy."""

    people: dict[str, User]
    secrets: dict[str, str]
    objects: dict[str, dict[str, Any]]

    def client(self, actor: str, **options: Any) -> Client:
        """A browser, or a program with its key, of `actor`."""
        if secret := self.secrets.get(actor):
            return Client(headers={"Authorization": f"Bearer {secret}"}, **options)
        client = Client(**options)
        if actor in self.people:
            client.force_login(self.people[actor])
        return client


@pytest.fixture
def world(
    alice: User,
    bob: User,
    eve: User,
    carol: User,
    ana: User,
    dana: User,
    frank: User,
    *,
    model: Model,
    marketing: Department,
    make_deployment: Callable[..., Deployment],
) -> World:
    place = make_deployment(model, base_url="http://127.0.0.1:9/v1", priority=2)
    old, gone = answered(alice, model, "What is alice's secret?"), answered(alice, model, "What did she delete?")
    delete_conversation(gone)
    eves = answered(eve, model, "What does eve ask?")
    everyones = published(carol, model, "Everyone's", Audience.EVERYONE)
    sales = published(carol, model, "Only Sales", Audience.DEPARTMENT)
    mine = published(carol, model, "Only Carol", Audience.PRIVATE)
    tool_run = run_tool(everyones.versions.get(), user=alice, inputs={"title": "hers"}, form_id="1")
    finish(tool_run.run)
    fold_all()
    key, secret = issue_key(alice, "laptop", 30)
    dead, dead_secret = issue_key(alice, "old laptop", 30)
    revoke_key(dead, actor=alice)
    people = {user.username: user for user in (alice, bob, eve, carol, ana, dana, frank)}
    objects: dict[str, dict[str, Any]] = {
        "conversation": {"pk": old.pk},
        "deleted conversation": {"pk": gone.pk},
        "message": {"pk": old.pk, "message_pk": old.messages.get(role=Role.ASSISTANT).pk},
        "eve's message in alice's conversation": {
            "pk": old.pk,
            "message_pk": eves.messages.get(role=Role.ASSISTANT).pk,
        },
        "alice's message in eve's conversation": {
            "pk": eves.pk,
            "message_pk": old.messages.get(role=Role.ASSISTANT).pk,
        },
        "run": {"pk": old.messages.get(role=Role.ASSISTANT).run_id},
        "ended run": {"pk": old.messages.get(role=Role.ASSISTANT).run_id},
        "everyone's tool": {"slug": everyones.slug},
        "tool of Sales": {"slug": sales.slug},
        "carol's tool": {"slug": mine.slug},
        "tool run": {"pk": tool_run.pk},
        "run of a tool": {"slug": everyones.slug, "pk": tool_run.pk},
        "file": {"pk": tool_run.pk, "ending": "txt"},
        "key": {"pk": key.pk},
        "revoked key": {"pk": dead.pk},
        "bob": {"pk": bob.pk},
        "bob's place": {"pk": bob.pk, "place": bob.memberships.get().pk},
        "alice's place under bob": {"pk": bob.pk, "place": alice.memberships.get().pk},
        "company": {"period": "day"},
        "no period": {"period": "year"},
        "Marketing": {"pk": marketing.pk, "period": "day"},
        "quota of bob": {"pk": bob.pk, "period": "month"},
        "model": {"slug": model.slug},
        "provider": {"slug": place.provider.slug},
        "place": {"slug": place.provider.slug, "deployment_pk": place.pk},
        "deployment": {"slug": model.slug, "deployment_pk": model.deployments.order_by("pk")[0].pk},
    }
    return World(people, {"alice's key": secret, "revoked key": dead_secret}, objects)


def answered(user: User, model: Model, question: str) -> Conversation:
    conversation = start_conversation(user, content=question, model=model, key=uuid4())
    finish(Run.objects.get(user=user, state=RunState.QUEUED))
    return Conversation.objects.get(pk=conversation.pk)


def finish(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(
        state=RunState.DONE, output="Forty-two.", output_html="<p>Forty-two.</p>", finished_at=timezone.now()
    )


def published(owner: User, model: Model, name: str, audience: str) -> Tool:
    content = Content(fields=(FIELD,), template="Improve: {{ title }}", system_text="Be kind.", model=model)
    draft = create_tool(owner, details=Details(name=name, summary=f"{name} tool"), content=content)
    publish(draft, by=owner, audience=audience)
    return draft.tool


def url_table() -> dict[str, URLPattern]:
    """Every name that the product answers to."""
    return dict(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, namespace: str) -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            found.append((f"{namespace}{entry.name}", entry))
        else:
            found += _walk(entry, f"{entry.namespace}:" if entry.namespace else namespace)
    return found


def missing_arguments(pattern: URLPattern) -> dict[str, Any]:
    """Arguments that fit the pattern and name nothing."""
    kinds = {
        name: type(converter).__name__.removesuffix("Converter").lower()
        for name, converter in getattr(pattern.pattern, "converters", {}).items()
    }
    return {name: MISSING["str" if kind == "string" else kind] for name, kind in kinds.items()}
