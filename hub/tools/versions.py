"""A tool's life: made as a draft, published to somebody, edited as the next draft, taken back."""

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit
from accounts.departments import primary_department
from accounts.models import Department, User
from accounts.roles import may_publish
from hub.tools.access import may_edit
from hub.tools.errors import NotReady, VersionIsFixed
from hub.tools.fields import Field, Inputs, dump_fields
from hub.tools.models import Audience, Category, OutputKind, Tool, ToolVersion, VersionState
from playground.catalog.models import Model
from playground.runs.errors import NoDepartment
from playground.runs.models import OnBreak

LONGEST_SLUG = 80
# Words that stand where a tool's slug does in the address.
RESERVED_SLUGS = {"", "new", "mine", "preview"}


@dataclass(frozen=True, slots=True)
class Details:
    """What the hub's list shows of a tool: the same for all its versions."""

    name: str
    summary: str
    category: str = Category.OTHER
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a version does."""

    fields: tuple[Field, ...] = ()
    template: str = ""
    system_text: str = ""
    model: Model | None = None
    max_output_tokens: int = 2_000
    output_kind: str = OutputKind.MARKDOWN
    schema: dict[str, Any] | None = None
    may_fall_back: bool = True
    on_break: str = OnBreak.KEEP
    cache_seconds: int = 0
    sample_inputs: Inputs = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        return {
            "fields": dump_fields(self.fields),
            "template": self.template,
            "system_text": self.system_text,
            "model": self.model,
            "max_output_tokens": self.max_output_tokens,
            "output_kind": self.output_kind,
            "schema": self.schema,
            "may_fall_back": self.may_fall_back,
            "on_break": self.on_break,
            "cache_seconds": self.cache_seconds,
            "sample_inputs": self.sample_inputs,
        }


@transaction.atomic
def create_tool(
    owner: User, *, details: Details, content: Content, department: Department | None = None
) -> ToolVersion:
    """A new tool of `owner` with its first draft, for nobody but her. Raises NoDepartment."""
    if not may_publish(owner):
        raise PermissionDenied
    home = department or primary_department(owner)
    if home is None:
        raise NoDepartment(_("A tool belongs to a department, and you are in none."))
    tool = insert_tool(details, owner=owner, department=home)
    return ToolVersion.objects.create(tool=tool, number=1, created_by=owner, **content.columns())


def insert_tool(details: Details, *, owner: User, department: Department) -> Tool:
    """Under its name in the address, or, where that is taken, under its name and four letters."""
    base = slugify(details.name)[:LONGEST_SLUG]
    slug = base = f"{base}-tool".strip("-") if base in RESERVED_SLUGS else base
    while True:
        try:
            with transaction.atomic():
                return Tool.objects.create(slug=slug, owner=owner, department=department, **asdict(details))
        except IntegrityError:
            slug = f"{base}-{secrets.token_hex(2)}"


@transaction.atomic
def save_draft(tool: Tool, *, by: User, details: Details, content: Content) -> ToolVersion:
    """Write the draft; where the newest version is fixed, begin the next one. Name and line change at once."""
    if not may_edit(by, tool):
        raise PermissionDenied
    Tool.objects.select_for_update().get(pk=tool.pk)
    Tool.objects.filter(pk=tool.pk).update(**asdict(details), updated_at=timezone.now())
    draft = tool.versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        newest = tool.versions.first()
        number = newest.number + 1 if newest else 1
        return tool.versions.create(number=number, created_by=by, **content.columns())
    update_draft(draft, content)
    return draft


def update_draft(draft: ToolVersion, content: Content) -> None:
    """Only a draft changes; a version that was published meanwhile stays as it was. Raises VersionIsFixed."""
    changed = ToolVersion.objects.filter(pk=draft.pk, state=VersionState.DRAFT).update(**content.columns())
    if changed != 1:
        raise VersionIsFixed
    draft.refresh_from_db()


@transaction.atomic
def publish(version: ToolVersion, *, by: User, audience: str) -> ToolVersion:
    """Put a draft live for `audience`, and retire what was live before. Raises NotReady or VersionIsFixed."""
    if not may_edit(by, version.tool):
        raise PermissionDenied
    if reason := missing(version):
        raise NotReady(reason)
    tool = Tool.objects.select_for_update().get(pk=version.tool_id)
    tool.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED)
    fixed = tool.versions.filter(pk=version.pk, state=VersionState.DRAFT).update(
        state=VersionState.PUBLISHED, published_at=timezone.now()
    )
    if fixed != 1:
        raise VersionIsFixed
    Tool.objects.filter(pk=tool.pk).update(audience=Audience(audience), updated_at=timezone.now())
    version.refresh_from_db()
    audit.record(
        by,
        "tool.published",
        tool,
        before={"audience": tool.audience},
        after={"audience": audience, "version": version.number},
    )
    return version


def missing(version: ToolVersion) -> str:
    """What a draft still needs before it can be published, in words; empty if nothing."""
    if not version.template.strip():
        return _("The text for the model is empty.")
    if version.model is None:
        return _("No model is chosen.")
    if version.output_kind == OutputKind.JSON and not version.schema:
        return _("The answer is data, but its keys are not described.")
    return ""


@transaction.atomic
def retire(tool: Tool, *, by: User) -> None:
    """Take the tool off the hub. What people made with it stays theirs."""
    if not may_edit(by, tool):
        raise PermissionDenied
    if tool.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED):
        audit.record(by, "tool.retired", tool)
