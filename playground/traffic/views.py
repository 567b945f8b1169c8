"""The traffic through the gateway: for admins, and for owners that of their departments."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.http import Request
from accounts.roles import is_admin
from playground.runs.models import Attempt
from playground.traffic.access import ended_runs_of, may_see_company, may_see_traffic
from playground.traffic.charts import charts
from playground.traffic.cooldowns import cooldowns
from playground.traffic.export import lines
from playground.traffic.finding import RunsForm
from playground.traffic.live import live
from playground.traffic.navigation import Navigation
from playground.traffic.questions import QuestionForm
from playground.traffic.report import report, tallies_of


@role_required(may_see_traffic)
@require_safe
def index(request: Request) -> HttpResponse:
    form = _asked(request)
    question = form.question()
    found = report(question)
    context = {"form": form, "question": question, "nav": Navigation(question), "report": found}
    context |= {"charts": charts(found.points)}
    if may_see_company(request.user):
        context |= {"live": live(), "cooldowns": cooldowns()}
    return render(request, "playground/traffic/index.html", context)


@role_required(is_admin)
@require_safe
def now(request: Request) -> HttpResponse:
    """What is going on, for a page that asks again and again."""
    return render(request, "playground/traffic/_now.html", {"live": live(), "cooldowns": cooldowns()})


@role_required(may_see_traffic)
@require_safe
def export(request: Request) -> HttpResponse:
    question = _asked(request).question()
    name = f"traffic-by-{question.by}-{question.since:%Y-%m-%d}.csv"
    return HttpResponse(
        "".join(lines(question, tallies_of(question))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@role_required(may_see_traffic)
@require_safe
def runs(request: Request) -> HttpResponse:
    form = RunsForm(request.GET)
    if not form.is_valid():
        raise BadRequest
    found = form.find(ended_runs_of(request.user))
    context = {"found": found, "narrowed": form.narrowed(request.GET)}
    return render(request, "playground/traffic/runs.html", context)


@role_required(may_see_traffic)
@require_safe
def run(request: Request, pk: UUID) -> HttpResponse:
    ended = get_object_or_404(ended_runs_of(request.user), pk=pk)
    calls = Attempt.objects.filter(run=pk)
    return render(request, "playground/traffic/run.html", {"run": ended, "calls": calls})


def _asked(request: Request) -> QuestionForm:
    form = QuestionForm(request.GET, user=request.user)
    if not form.is_valid():
        raise BadRequest(_("There is no such report."))
    return form
