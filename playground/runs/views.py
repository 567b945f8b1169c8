"""The live answer: its events, and the button that stops it; and how a provider did lately."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import role_required
from accounts.http import Request
from accounts.roles import is_admin
from playground.catalog.models import Provider
from playground.lib import sse
from playground.runs.access import run_for
from playground.runs.drawing import Drawing, draw_status
from playground.runs.events import Position
from playground.runs.last_day import last_day
from playground.runs.models import Run
from playground.runs.start import cancel_run
from playground.runs.watching import watch


@login_required
@require_GET
def run_events(request: Request, pk: UUID) -> StreamingHttpResponse:
    frames = _frames(run_for(request.user, pk), _last_event_id(request))
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def _last_event_id(request: HttpRequest) -> Position | None:
    try:
        return Position.parse(request.headers["Last-Event-ID"])
    except (KeyError, ValueError):
        return None


async def _frames(run: Run, seen: Position | None) -> AsyncIterator[bytes]:
    drawing = Drawing(seen)
    async with aclosing(watch(run)) as pieces:
        async for piece in pieces:
            message = drawing.draw(piece)
            if piece.status:
                yield sse.frame(draw_status(piece.status))
            if message:
                yield sse.frame(message, event_id=str(piece.at))
            elif not piece.state and not piece.status:
                yield sse.HEARTBEAT
            if piece.state:
                yield sse.frame(draw_status(_("The answer has ended."))) + sse.frame(piece.state, event="end")


@login_required
@require_POST
def cancel(request: Request, pk: UUID) -> HttpResponse:
    cancel_run(run_for(request.user, pk))
    if request.htmx:
        return HttpResponse(status=204)
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if is_ours else "/")


@require_GET
@role_required(is_admin)
def provider_day(request: Request, slug: str) -> HttpResponse:
    """How a provider did over the last day: a part of its page, which loads by itself."""
    provider = get_object_or_404(Provider, slug=slug)
    template = "playground/runs/_day.html" if request.htmx else "playground/runs/day.html"
    return render(request, template, {"provider": provider, "day": last_day(slug)})
