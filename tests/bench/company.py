"""A company that has used the product for years, written straight into the tables: the verbs would take hours."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model as Table
from django.utils import timezone

from accounts.models import AuditEvent, Department, Membership, Role, User
from hub.tools.fields import Field, dump_fields
from hub.tools.models import Audience, Category, Tool, ToolRun, ToolVersion, VersionState
from playground.catalog.models import Deployment, Model, Price
from playground.catalog.providers import save_provider
from playground.chat.models import Conversation, Message
from playground.chat.models import Role as Turn
from playground.quota.models import Period, Quota, QuotaWindow, Scope
from playground.quota.windows import period_around
from playground.runs.models import Run, RunSource, RunState

DEPARTMENTS, PEOPLE, MODELS = 50, 5_000, 12
CONVERSATIONS, LONG_CONVERSATION = 10_000, 400
TOOLS, TOOL_DEPARTMENTS, VERSIONS, TOOL_RUNS = 2_000, 20, 2, 20_000
# Of the tool runs, one in so many is by the person whose pages are measured.
HERS = 4
AUDIT_EVENTS = 1_000
PARAGRAPH = "A sentence of an answer that somebody has read once and may want to find again some day. " * 4
HTML = f"<p>{PARAGRAPH}</p>" * 6
T = TypeVar("T", bound=Table)
WORDS = ("listing", "title", "review", "reply", "meeting", "notes", "campaign", "price", "return", "label", "photo")


@dataclass(frozen=True, slots=True)
class Company:
    """`dana`, an admin, is the person whose pages are measured."""

    dana: User
    long: Conversation
    tool: Tool
    tool_run: ToolRun


def found_company() -> Company:
    chance = random.Random(7)  # noqa: S311
    departments = store(Department(name=f"Department {n:02}", slug=f"department-{n}") for n in range(DEPARTMENTS))
    people = hire(departments)
    models = offer_models()
    set_quotas(departments, people)
    dana = people[0]
    long = hold_conversations(dana, departments[0], models[0])
    tools, tool_runs = use_tools(chance, departments, people, models)
    about = {"target_type": User._meta.label_lower, "target_id": str(dana.pk)}
    store(AuditEvent(action="person.synced", **about) for _ in range(AUDIT_EVENTS))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Company(dana, long, tools[0], next(one for one in tool_runs if one.user_id == dana.pk))


def store(rows: Iterable[T]) -> list[T]:
    made: list[T] = []
    left = iter(rows)
    while some := list(islice(left, 2_000)):
        made += type(some[0])._default_manager.bulk_create(some)
    return made


def hire(departments: list[Department]) -> list[User]:
    people = store(
        User(username=f"person-{n}", first_name=f"Person {n:04}", last_name="Bench", email=f"person-{n}@example.com")
        for n in range(PEOPLE)
    )
    store(
        Membership(user=user, department=departments[n % DEPARTMENTS], is_primary=True) for n, user in enumerate(people)
    )
    User.objects.filter(pk=people[0].pk).update(role=Role.ADMIN)
    people[0].refresh_from_db()
    return people


def offer_models() -> list[Model]:
    provider = save_provider(
        slug="bench", name="Bench", kind="openai_compatible", base_url="http://127.0.0.1:1/v1", credential="x"
    )
    models = store(Model(slug=f"model-{n}", name=f"Model {n}", position=n) for n in range(MODELS))
    deployments = store(Deployment(model=model, provider=provider, name=model.slug) for model in models)
    at = timezone.now() - timedelta(days=400)
    store(
        Price(deployment=one, effective_from=at + timedelta(days=n), input=1_000_000, cached_input=100_000, output=9)
        for one in deployments
        for n in range(5)
    )
    return models


def set_quotas(departments: list[Department], people: list[User]) -> None:
    targets: list[dict[str, Any]] = [{"scope": Scope.COMPANY}]
    targets += [{"scope": Scope.DEPARTMENT, "department": department} for department in departments]
    targets += [{"scope": Scope.PERSON, "user": user} for user in people]
    quotas = store(Quota(period=period, limit=10**9, **target) for target in targets for period in Period.values)
    now = timezone.now()
    store(
        QuotaWindow(quota=quota, starts=starts, ends=ends, limit=quota.limit, settled=10**6)
        for quota in quotas
        for at in (now - timedelta(days=40), now)
        for starts, ends in [period_around(quota.period, at)]
    )


def answered(user: User, department: Department, model: Model, source: str, at: datetime) -> Run:
    return Run(
        user=user,
        department=department,
        model=model,
        model_name=model.name,
        source=source,
        state=RunState.DONE,
        output=PARAGRAPH * 6,
        output_html=HTML,
        max_output_tokens=500,
        input_token_bound=500,
        cost=1_200,
        created_at=at,
        first_token_at=at,
        finished_at=at + timedelta(seconds=3),
    )


def hold_conversations(user: User, department: Department, model: Model) -> Conversation:
    """Ten thousand conversations of one question and its answer, and one that is long."""
    now = timezone.now()
    ages = [now - timedelta(minutes=30 * n) for n in range(CONVERSATIONS)]
    talks = store(
        Conversation(user=user, title=f"About {WORDS[n % len(WORDS)]} {n}", model=model, updated_at=at)
        for n, at in enumerate(ages)
    )
    long = talks[0]
    tips: dict[Conversation, Message | None] = dict.fromkeys(talks)
    for turn in range(LONG_CONVERSATION // 2):
        going_on = [long] if turn else talks
        questions = store(
            Message(conversation=talk, parent=tips[talk], role=Turn.USER, content=PARAGRAPH) for talk in going_on
        )
        runs = store(answered(user, department, model, RunSource.CHAT, talk.updated_at) for talk in going_on)
        answers = store(
            Message(conversation=asked.conversation, parent=asked, role=Turn.ASSISTANT, run=run)
            for asked, run in zip(questions, runs, strict=True)
        )
        tips |= {answer.conversation: answer for answer in answers}
    for talk in talks:
        talk.head = tips[talk]
    Conversation.objects.bulk_update(talks, ["head"], batch_size=2_000)
    return long


def use_tools(
    chance: random.Random, departments: list[Department], people: list[User], models: list[Model]
) -> tuple[list[Tool], list[ToolRun]]:
    tools = store(
        Tool(
            slug=f"tool-{n}",
            name=f"{chance.choice(WORDS).capitalize()} {chance.choice(WORDS)} {n}",
            summary=f"Writes a {chance.choice(WORDS)} in one click",
            category=Category.values[n % len(Category.values)],
            owner=people[n % PEOPLE],
            department=departments[n % TOOL_DEPARTMENTS],
            audience=Audience.EVERYONE if n % 5 else Audience.DEPARTMENT,
        )
        for n in range(TOOLS)
    )
    fields = dump_fields([Field(name=f"field_{n}", kind="text", label=f"Field {n}") for n in range(6)])
    versions = store(
        ToolVersion(
            tool=tool,
            number=number,
            fields=fields,
            template=PARAGRAPH,
            system_text=PARAGRAPH,
            model=models[number],
            created_by=tool.owner,
            published_at=timezone.now(),
            state=VersionState.PUBLISHED if number == VERSIONS else VersionState.RETIRED,
        )
        for tool in tools
        for number in range(1, VERSIONS + 1)
    )
    live = [version for version in versions if version.state == VersionState.PUBLISHED]
    users = [people[0] if n % HERS == 0 else chance.choice(people) for n in range(TOOL_RUNS)]
    now = timezone.now()
    runs = store(
        answered(user, departments[0], models[0], RunSource.HUB, now - timedelta(minutes=9 * n))
        for n, user in enumerate(users)
    )
    tool_runs = store(
        ToolRun(version=live[0] if n == 0 else chance.choice(live), user=run.user, run=run, inputs={"field_0": "bike"})
        for n, run in enumerate(runs)
    )
    return tools, tool_runs
