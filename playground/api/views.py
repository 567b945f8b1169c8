"""/v1: the official SDKs' own endpoints, on the same runs, quotas and ledger as the pages."""

from collections.abc import AsyncIterator, Mapping

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.decorators import public
from accounts.models import KeyScope
from playground.api import chat_wire, embeddings, listing, messages_wire, responses_wire
from playground.api.chat_body import ChatBody
from playground.api.document import document
from playground.api.embeddings import EmbeddingsBody
from playground.api.messages_body import MessagesBody
from playground.api.question import Question, Reader, Writer
from playground.api.responses_body import ResponsesBody
from playground.api.speaking import Spoken
from playground.catalog.access import model_named, models_for
from playground.programs import shapes
from playground.programs.answering import event_stream, finished, limit_headers, name_run, reloaded
from playground.programs.auth import key_for
from playground.programs.endpoint import endpoint, refuse
from playground.programs.errors import MethodUnknown, ModelUnknown, NotFound, from_exception, from_run
from playground.programs.rates import count_request
from playground.programs.turns import in_turn
from playground.runs.handling import Handling
from playground.runs.models import OnBreak, Run, RunSource
from playground.runs.start import start_run
from playground.runs.watching import watch


@endpoint(method="GET", group="Models", summary="The models that this key may use", gives=listing.ModelList)
async def models(request: HttpRequest) -> HttpResponseBase:
    """Both vendors' clients can read the list."""
    return JsonResponse(await in_turn(_models, request))


def _models(request: HttpRequest) -> dict[str, object]:
    return listing.model_list(models_for(key_for(request).user, kind=None))


@endpoint(method="GET", group="Models", summary="One model", gives=listing.ModelRow)
async def model(request: HttpRequest, slug: str) -> HttpResponseBase:
    return JsonResponse(await in_turn(_model, request, slug))


def _model(request: HttpRequest, slug: str) -> dict[str, object]:
    found = models_for(key_for(request).user, kind=None).filter(slug=slug).first()
    if found is None:
        raise ModelUnknown(f"The model “{slug}” does not exist, or this key may not use it.", param="model")
    return listing.model_row(found)


@endpoint(group="Ask a model", summary="Ask, in the format of OpenAI's chat completions", body=ChatBody, streams=True)
async def chat_completions(request: HttpRequest) -> HttpResponseBase:
    return await _ask(request, chat_wire.read)


@endpoint(group="Ask a model", summary="Ask, in the format of OpenAI's responses", body=ResponsesBody, streams=True)
async def responses(request: HttpRequest) -> HttpResponseBase:
    """Nothing is kept for later requests: `store` is always false, and the whole conversation is the input."""
    return await _ask(request, responses_wire.read)


@endpoint(
    group="Ask a model",
    summary="Ask, in the format of Anthropic's messages",
    body=MessagesBody,
    streams=True,
    shape=shapes.anthropic,
)
async def messages(request: HttpRequest) -> HttpResponseBase:
    return await _ask(request, messages_wire.read)


@endpoint(group="Ask a model", summary="Turn texts into vectors", body=EmbeddingsBody)
async def create_embeddings(request: HttpRequest) -> HttpResponseBase:
    return await _ask(request, embeddings.read)


async def _ask(request: HttpRequest, read: Reader) -> HttpResponseBase:
    question, run, headers = await in_turn(_start, request, read)
    writer = question.writer(run)
    if question.stream:
        response: HttpResponseBase = event_stream(_frames(run, writer))
    else:
        run = await finished(run)
        if error := from_run(run):
            raise error
        response = JsonResponse(await sync_to_async(_whole)(writer, run))
    for name, value in headers.items():
        response.headers[name] = value
    name_run(response, run)
    return response


def _start(request: HttpRequest, read: Reader) -> tuple[Question, Run, Mapping[str, str]]:
    """Who asks, what, and the run that will answer; the thread's database connection goes back before the wait."""
    key = key_for(request, KeyScope.MODELS)
    rate = count_request(key)
    question = read(request)
    model = model_named(key.user, question.model)
    if model is None:
        raise ModelUnknown(f"The model “{question.model}” does not exist, or this key may not use it.", param="model")
    run = start_run(
        user=key.user,
        source=RunSource.API,
        model=model,
        request=question.request,
        api_key_id=key.pk,
        idempotency_key=request.headers.get("Idempotency-Key", "")[:100],
        handling=_handling(question),
    )
    headers = rate.headers | limit_headers(key)
    connections.close_all()
    return question, run, headers


def _handling(question: Question) -> Handling:
    """Nobody sees how an answer came that is given whole; of one that is streamed nothing can be taken back."""
    if not question.stream:
        return Handling(on_break=OnBreak.RESTART)
    return Handling(on_break=OnBreak.UNSEEN if question.shows_thoughts else OnBreak.UNSAID)


def _whole(writer: Writer, run: Run) -> dict[str, object]:
    try:
        return writer.whole(run)
    finally:
        connections.close_all()


async def _frames(run: Run, writer: Writer) -> AsyncIterator[str]:
    spoken = Spoken()
    yield writer.first()
    try:
        async for piece in watch(run):
            news = spoken.admit(piece)
            if news.text or news.reasoning or news.calls:
                yield writer.piece(news)
            elif not news.state:
                yield f": {news.status}\n\n"
        run = await reloaded(run)
        if error := from_run(run):
            raise error
        yield writer.last(run)
    except Exception as error:  # the head has been sent: only the stream itself can say it
        yield writer.broken(from_exception(error))


@csrf_exempt
@public
async def openapi(request: HttpRequest) -> HttpResponseBase:
    """For everybody: it says nothing that is anybody's."""
    if request.method != "GET":
        return refuse(shapes.openai, MethodUnknown("Use GET here.", allow="GET"))
    return JsonResponse(document())


@csrf_exempt
@public
async def nowhere(request: HttpRequest) -> HttpResponseBase:
    """What is not there is said as a program reads it."""
    return refuse(shapes.openai, NotFound("There is nothing at this address. See /v1/openapi.json."))
