"""Whose tools are whose. Foreign is the same as missing."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.shortcuts import get_object_or_404

from accounts.models import Department, User
from accounts.roles import is_admin, may_publish
from hub.tools.models import Audience, Tool, ToolRun, ToolVersion, VersionState

EXCERPT = 140


def is_published() -> Exists:
    return Exists(ToolVersion.objects.filter(tool=OuterRef("pk"), state=VersionState.PUBLISHED))


def departments_of(user: User) -> QuerySet[Department]:
    return Department.objects.filter(memberships__user=user)


def tools_for(user: User) -> QuerySet[Tool]:
    """The published tools that `user` may run: everyone's, her departments', and her own."""
    if not user.is_active:
        return Tool.objects.none()
    audience = (
        Q(audience=Audience.EVERYONE)
        | Q(audience=Audience.DEPARTMENT, department__in=departments_of(user))
        | Q(owner=user)
    )
    return Tool.objects.filter(audience, is_published())


def editable_tools(user: User) -> QuerySet[Tool]:
    """What `user` may change: her own, and as an admin all that is published to others."""
    if not may_publish(user):
        return Tool.objects.none()
    mine = Q(owner=user)
    if is_admin(user):
        mine |= ~Q(audience=Audience.PRIVATE)
    return Tool.objects.filter(mine)


def may_edit(user: User, tool: Tool) -> bool:
    return editable_tools(user).filter(pk=tool.pk).exists()


def tool_for(user: User, slug: str) -> Tool:
    """A tool that `user` may run; else 404."""
    return get_object_or_404(tools_for(user).select_related("owner", "department"), slug=slug)


def editable_tool(user: User, slug: str) -> Tool:
    """A tool that `user` may change; else 404."""
    return get_object_or_404(editable_tools(user).select_related("owner", "department"), slug=slug)


def live_version(tool: Tool) -> ToolVersion:
    """The published version: what runners get, whatever they ask for."""
    return get_object_or_404(tool.versions.select_related("model"), state=VersionState.PUBLISHED)


def tool_runs_for(user: User) -> QuerySet[ToolRun]:
    """Her own, for ever: also of tools that were taken back since."""
    return ToolRun.objects.filter(user=user).select_related("version__tool", "version__model", "run")


def listed_runs(user: User) -> QuerySet[ToolRun]:
    """Her own as a list shows them: with the beginning of the answer, and no other long text."""
    return (
        ToolRun.objects.filter(user=user)
        .select_related("version__tool", "run")
        .annotate(excerpt=Left("run__output", EXCERPT))
        .only("created_at", "version__number", "version__tool__name", "version__tool__slug", "run__state", "run__cost")
    )


def tool_run_for(user: User, pk: UUID) -> ToolRun:
    return get_object_or_404(tool_runs_for(user), pk=pk)


def run_named(user: User, tool: Tool, name: str) -> ToolRun | None:
    """The run that an address names: hers, with this tool; None for anything else."""
    try:
        pk = UUID(name)
    except ValueError:
        return None
    return tool_runs_for(user).filter(pk=pk, version__tool=tool).first()
