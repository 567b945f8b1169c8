from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import replace_url

from accounts.http import Request
from accounts.models import User
from accounts.roles import may_publish
from hub.studio.parts import Studio, studio_for, studio_from, studio_rearranged
from hub.tools.access import editable_tool, editable_tools, run_named
from hub.tools.answers import answer_of
from hub.tools.fields import InputForm
from hub.tools.models import Tool, ToolRun, ToolVersion, VersionState
from hub.tools.running import run_tool
from hub.tools.versions import create_tool, publish, retire, save_draft
from playground.lib.refusal import Refusal

TOOLS_A_PAGE = 50
# "start" brings a text from elsewhere, as a chat does with a question that deserves a form.
MOVES = ("start", "add_field", "remove_field", "up_field", "down_field", "add_key", "remove_key", "up_key", "down_key")


@require_GET
def my_tools(request: Request) -> HttpResponse:
    maker_only(request.user)
    shown = ToolVersion.objects.exclude(state=VersionState.RETIRED).only("tool_id", "number", "state")
    mine = editable_tools(request.user).filter(owner=request.user).order_by("-updated_at")
    tools = mine.prefetch_related(Prefetch("versions", shown, to_attr="shown_versions"))
    page = Paginator(tools, TOOLS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "hub/studio/my_tools.html", {"page": page})


@require_http_methods(["GET", "POST"])
def new_tool(request: Request) -> HttpResponse:
    maker_only(request.user)
    if request.method == "GET":
        return show(request, studio_for(request.user, None, None))
    return act(request, None)


@require_http_methods(["GET", "POST"])
def edit_tool(request: Request, slug: str) -> HttpResponse:
    tool = editable_tool(request.user, slug)
    if request.method == "POST":
        return act(request, tool)
    return show(request, studio_for(request.user, tool, newest(tool)), tool=tool)


def act(request: Request, tool: Tool | None) -> HttpResponse:
    """One form, several buttons: move a row; or save, and then perhaps try or publish."""
    action = request.POST.get("action", "save")
    if action.split(" ")[0] in MOVES:
        return show(request, studio_rearranged(request.user, request.POST, action), tool=tool)
    studio = studio_from(request.user, request.POST)
    if not studio.is_valid() or (action == "publish" and not studio.audience.is_valid()):
        return show(request, studio, tool=tool, status=422)
    version = save(request.user, tool, studio)
    if action == "publish":
        publish(version, by=request.user, audience=studio.audience.cleaned_data["audience"])
        return redirect("hub:tool", version.tool.slug)
    if action == "try":
        return try_draft(request, version, studio)
    return to_studio(version.tool)


def save(user: User, tool: Tool | None, studio: Studio) -> ToolVersion:
    if tool is None:
        return create_tool(user, details=studio.tool_details, content=studio.tool_content)
    return save_draft(tool, by=user, details=studio.tool_details, content=studio.tool_content)


def try_draft(request: Request, version: ToolVersion, studio: Studio) -> HttpResponse:
    """A real run of the draft that was saved just now, paid like any other."""
    studio.tried = InputForm(studio.sound_fields, request.POST)
    if not studio.tried.is_valid():
        return show(request, studio, tool=version.tool, status=422)
    form_id = request.POST.get("form_id", "")
    try:
        tool_run = run_tool(version, user=request.user, inputs=studio.tried.inputs, form_id=form_id)
    except Refusal as refusal:
        return show(request, studio, tool=version.tool, refusal=refusal, status=refusal.status)
    return to_studio(version.tool, tool_run)


def to_studio(tool: Tool, tool_run: ToolRun | None = None) -> HttpResponseRedirect:
    url = reverse("hub:edit_tool", args=[tool.slug])
    return HttpResponseRedirect(f"{url}?run={tool_run.pk}#answer" if tool_run else url)


@require_POST
def preview(request: Request) -> HttpResponse:
    """The live form and the exact prompt of what is typed, saved or not; `part=prompt` leaves the form alone."""
    maker_only(request.user)
    studio = studio_from(request.user, request.POST)
    part = "hub/studio/_prompt.html" if request.GET.get("part") == "prompt" else "hub/studio/_preview.html"
    return render(request, part, {"studio": studio, "is_swap": True})


@require_POST
def retire_tool(request: Request, slug: str) -> HttpResponse:
    tool = editable_tool(request.user, slug)
    retire(tool, by=request.user)
    return to_studio(tool)


def maker_only(user: User) -> None:
    if not may_publish(user):
        raise PermissionDenied


def newest(tool: Tool) -> ToolVersion:
    version = tool.versions.select_related("model").first()
    return version or get_object_or_404(tool.versions)


def show(
    request: Request, studio: Studio, *, tool: Tool | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    tool_run = run_named(request.user, tool, request.GET.get("run", "")) if tool else None
    context = {
        "studio": studio,
        "form_id": uuid4(),
        "tool": tool,
        "version": newest(tool) if tool else None,
        "is_live": bool(tool and tool.versions.filter(state=VersionState.PUBLISHED).exists()),
        "tool_run": tool_run,
        "refusal": refusal,
        "answer": answer_of(tool_run) if tool_run else None,
        "place": "studio",
    }
    template = "hub/studio/_studio.html" if request.htmx else "hub/studio/studio.html"
    return replace_url(render(request, template, context, status=status), request.get_full_path())
