from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import replace_url

from accounts.http import Request
from accounts.models import User
from accounts.roles import may_publish
from hub.tools.access import listed_runs, live_version, may_edit, run_named, tool_for, tool_run_for
from hub.tools.answers import FILES, answer_of, file_text
from hub.tools.fields import Field, InputForm, Value, parse_fields, read_value
from hub.tools.finding import cards_of, departments_with_tools, find_tools, for_her_departments, people_lately
from hub.tools.forms import FindForm
from hub.tools.models import Category, ToolRun, ToolVersion
from hub.tools.running import estimate_tool_run, run_tool
from playground.catalog.access import model_for
from playground.catalog.models import Model
from playground.lib.refusal import Refusal

TOOLS_A_PAGE = 24
RUNS_A_PAGE = 25


@require_GET
def index(request: Request) -> HttpResponse:
    form = FindForm(request.GET)
    chosen = {name: form.value_of(name) for name in ("q", "category", "department")}
    for_you = [] if any(chosen.values()) else list(for_her_departments(request.user))
    others = find_tools(request.user, **chosen).exclude(pk__in=[tool.pk for tool in for_you])
    page = Paginator(others, TOOLS_A_PAGE).get_page(request.GET.get("page"))
    first = for_you if page.number == 1 else []
    cards = cards_of([*first, *page])
    context = {
        "chosen": chosen,
        "page": page,
        "for_you": cards[: len(first)],
        "cards": cards[len(first) :],
        "categories": Category.choices,
        "departments": departments_with_tools(request.user),
        "may_make": may_publish(request.user),
    }
    return render(request, "hub/tools/_found.html" if request.htmx else "hub/tools/index.html", context)


@require_GET
def tool(request: Request, slug: str) -> HttpResponse:
    found = tool_for(request.user, slug)
    version = live_version(found)
    tool_run = run_named(request.user, found, request.GET.get("run", ""))
    form = InputForm(parse_fields(version.fields), initial=prefill(request, version, tool_run))
    return render(request, "hub/tools/tool.html", bench(request, version, form, tool_run))


def prefill(request: Request, version: ToolVersion, tool_run: ToolRun | None) -> dict[str, Any]:
    if tool_run is not None:
        return dict(tool_run.inputs)
    if "sample" in request.GET:
        return dict(version.sample_inputs)
    asked = [one for one in parse_fields(version.fields) if one.name in request.GET]
    return {one.name: from_address(one, request.GET[one.name]) for one in asked}


def from_address(one: Field, value: str) -> Value:
    return value == "yes" if one.kind == "checkbox" else value


def bench(request: Request, version: ToolVersion, form: InputForm, tool_run: ToolRun | None) -> dict[str, Any]:
    """The form left and the answer right. Each time it is shown is a new form: its next click is a new run."""
    return {
        "tool": version.tool,
        "version": version,
        "form": form,
        "form_id": uuid4(),
        "tool_run": tool_run,
        "answer": answer_of(tool_run) if tool_run else None,
        "place": "bench",
        "may_edit": may_edit(request.user, version.tool),
        "tab": "run",
        "moved_to": moved_to(request.user, version),
    }


def moved_to(user: User, version: ToolVersion) -> Model | None:
    """Who answers instead of the version's model, once that is retired."""
    now = model_for(user, version.model)
    return now if now and now != version.model else None


@require_POST
def create_tool_run(request: Request, slug: str) -> HttpResponse:
    version = live_version(tool_for(request.user, slug))
    form = InputForm(parse_fields(version.fields), request.POST)
    template = "hub/tools/_bench.html" if request.htmx else "hub/tools/tool.html"
    if not form.is_valid():
        return render(request, template, bench(request, version, form, None), status=422)
    try:
        tool_run = run_tool(version, user=request.user, inputs=form.inputs, form_id=request.POST.get("form_id", ""))
    except Refusal as refusal:
        # What she typed stays beside the reason.
        context = bench(request, version, form, None) | {"refusal": refusal}
        return render(request, template, context, status=refusal.status)
    url = f"{reverse('hub:tool', args=[slug])}?run={tool_run.pk}"
    if not request.htmx:
        return redirect(url)
    return replace_url(render(request, template, bench(request, version, form, tool_run)), url)


@require_POST
def estimate_tool(request: Request, slug: str) -> HttpResponse:
    """What the form as it is filled in will probably take; nothing while it cannot be run."""
    version = live_version(tool_for(request.user, slug))
    form = InputForm(parse_fields(version.fields), request.POST)
    found = None
    if form.is_valid():
        with suppress(Refusal):
            found = estimate_tool_run(version, user=request.user, inputs=form.inputs)
    return render(request, "playground/catalog/_estimate.html", {"estimate": found})


@require_GET
def tool_about(request: Request, slug: str) -> HttpResponse:
    found = tool_for(request.user, slug)
    context = {
        "tool": found,
        "version": live_version(found),
        "people": people_lately([found]).get(found.pk, 0),
        "may_edit": may_edit(request.user, found),
        "tab": "about",
    }
    return render(request, "hub/tools/about.html", context)


@require_GET
def tool_runs(request: Request, slug: str) -> HttpResponse:
    found = tool_for(request.user, slug)
    mine = listed_runs(request.user).filter(version__tool=found)
    context = {
        "tool": found,
        "page": Paginator(mine, RUNS_A_PAGE).get_page(request.GET.get("page")),
        "may_edit": may_edit(request.user, found),
        "tab": "runs",
    }
    return render(request, "hub/tools/tool_runs.html", context)


@require_GET
def my_runs(request: Request) -> HttpResponse:
    q = FindForm(request.GET).value_of("q")
    mine = listed_runs(request.user)
    if q:
        mine = mine.filter(version__tool__name__icontains=q)
    context = {"page": Paginator(mine, RUNS_A_PAGE).get_page(request.GET.get("page")), "q": q}
    return render(request, "hub/tools/_runs.html" if request.htmx else "hub/tools/my_runs.html", context)


@require_GET
def tool_run(request: Request, pk: UUID) -> HttpResponse:
    found = tool_run_for(request.user, pk)
    context = {
        "tool_run": found,
        "answer": answer_of(found),
        "said": [
            (one.label, read_value(one, found.inputs.get(one.name, ""))) for one in parse_fields(found.version.fields)
        ],
        "place": request.GET.get("in", ""),
    }
    return render(request, "hub/tools/_tool_run.html" if request.htmx else "hub/tools/tool_run.html", context)


@require_GET
def download_tool_run(request: Request, pk: UUID, ending: str) -> HttpResponse:
    found = tool_run_for(request.user, pk)
    answer = answer_of(found)
    if answer is None or ending not in answer.files:
        raise Http404
    name = f"{found.version.tool.slug}-{timezone.localtime(found.created_at):%Y-%m-%d-%H%M}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(file_text(answer, ending), content_type=f"{FILES[ending]}; charset=utf-8", headers=headers)
