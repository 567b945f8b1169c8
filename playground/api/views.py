"""/v1: the official SDKs' own endpoints, on the same runs, quotas and ledger as the pages."""

from collections.abc import AsyncIterator, Callable, Coroutine
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.decorators import public
from playground.api import anthropic_wire, openai_wire
from playground.api.auth import key_for
from playground.api.errors import ApiError, Away, MethodUnknown, ModelUnknown, from_refusal, from_run
from playground.api.question import Question, Wire
from playground.catalog.access import models_for
from playground.lib.refusal import Refusal
from playground.runs.models import Run, RunSource
from playground.runs.start import start_run
from playground.runs.watching import watch

# After this many seconds a program should try again when the database was away.
RETRY_SECONDS = 5

Endpoint = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponseBase]]


def endpoint(wire: Wire, *, method: str = "POST") -> Callable[[Endpoint], Endpoint]:
    """An endpoint of `wire`: for programs (no cookie, no CSRF), and every "no" in the wire's own shape."""

    def decorate(view: Endpoint) -> Endpoint:
        @wraps(view)
        async def answer(request: HttpRequest) -> HttpResponseBase:
            try:
                if request.method != method:
                    raise MethodUnknown(f"Use {method} here.")
                return await view(request)
            except ApiError as error:
                return _refuse(wire, error)
            except Refusal as refusal:
                return _refuse(wire, from_refusal(refusal))
            except (OperationalError, InterfaceError):
                return _refuse(wire, Away("The service is away for a moment. Try again.", retry_after=RETRY_SECONDS))

        return csrf_exempt(public(answer))

    return decorate


def _refuse(wire: Wire, error: ApiError) -> HttpResponse:
    response = wire.refuse(error)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


@endpoint(openai_wire, method="GET")
async def models(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse(openai_wire.models(await sync_to_async(_models)(request)))


def _models(request: HttpRequest) -> list[tuple[str, int]]:
    user = key_for(request).user
    return [(model.slug, int(model.created_at.timestamp())) for model in models_for(user)]


@endpoint(openai_wire)
async def chat_completions(request: HttpRequest) -> HttpResponseBase:
    return await _ask(request, openai_wire)


@endpoint(anthropic_wire)
async def messages(request: HttpRequest) -> HttpResponseBase:
    return await _ask(request, anthropic_wire)


async def _ask(request: HttpRequest, wire: Wire) -> HttpResponseBase:
    question, run = await sync_to_async(_start)(request, wire)
    if question.stream:
        response: HttpResponseBase = StreamingHttpResponse(
            _chunks(run, question, wire), content_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )
    else:
        run = await _finished(run)
        if error := from_run(run):
            raise error
        response = JsonResponse(wire.answer(run))
    response.headers["x-request-id"] = str(run.pk)
    return response


def _start(request: HttpRequest, wire: Wire) -> tuple[Question, Run]:
    """Who asks, what, and the run that will answer; the thread's database connection goes back before the wait."""
    key = key_for(request)
    question = wire.read(request)
    model = models_for(key.user).filter(slug=question.model).first()
    if model is None:
        raise ModelUnknown(f"The model “{question.model}” does not exist, or this key may not use it.", param="model")
    run = start_run(
        user=key.user,
        source=RunSource.API,
        model=model,
        request=question.request,
        api_key_id=key.pk,
        idempotency_key=request.headers.get("Idempotency-Key", "")[:100],
    )
    connections.close_all()
    return question, run


async def _finished(run: Run) -> Run:
    async for _ in watch(run):
        pass
    return await sync_to_async(_reload)(run)


def _reload(run: Run) -> Run:
    run.refresh_from_db()
    connections.close_all()
    return run


async def _chunks(run: Run, question: Question, wire: Wire) -> AsyncIterator[str]:
    yield wire.first(run)
    async for piece in watch(run):
        if piece.status:
            yield f": {piece.status}\n\n"
        if piece.text:
            yield wire.piece(run, piece.text)
    run = await sync_to_async(_reload)(run)
    error = from_run(run)
    yield wire.broken(error) if error else wire.last(run, question)
