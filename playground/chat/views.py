"""Asking and reading. Every answer to htmx is a part of the page that the same view gives without it."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.http import Request
from playground.catalog.access import models_for
from playground.chat.access import answer_for, conversation_for, message_for
from playground.chat.branch import Branch, branch_of, turn_of
from playground.chat.conversations import start_conversation
from playground.chat.estimating import estimate_of
from playground.chat.forms import EarlierForm, MessageForm, ModelForm
from playground.chat.listing import listing_for
from playground.chat.messages import choose_branch, continue_answer, post_message, regenerate
from playground.chat.models import Conversation, Message
from playground.chat.picker import picker_for
from playground.lib.refusal import Refusal

T = TypeVar("T")


@require_GET
def new_conversation(request: Request) -> HttpResponse:
    return render(request, "playground/chat/new.html", _composing(request))


@require_POST
def create_conversation(request: Request) -> HttpResponse:
    form = MessageForm(request.POST, models=models_for(request.user))
    return _ask(request, form, partial(start_conversation, request.user), partial(_started, request))


@require_GET
def conversation(request: Request, pk: UUID) -> HttpResponse:
    shown = conversation_for(request.user, pk)
    where = EarlierForm(request.GET)
    before = where.cleaned_data["before"] if where.is_valid() else None
    if before and request.htmx:
        part = {"conversation": shown, "picker": picker_for(request.user, conversation=shown)}
        part["branch"] = branch_of(shown, model=shown.model, before=before)
        return render(request, "playground/chat/_turns.html", part)
    return render(request, "playground/chat/conversation.html", _reading(request, shown, before=before))


@require_POST
def create_message(request: Request, pk: UUID) -> HttpResponse:
    shown = conversation_for(request.user, pk)
    form = MessageForm(request.POST, models=models_for(request.user))
    return _ask(request, form, partial(post_message, shown), partial(_posted, request, shown), shown=shown)


@require_GET
def message(request: Request, pk: UUID, message_pk: int) -> HttpResponse:
    """One message alone: what takes the place of the stream when an answer has ended."""
    shown = conversation_for(request.user, pk)
    found = message_for(shown, message_pk)
    found.conversation = shown
    return render(
        request,
        "playground/chat/_answer.html",
        {"conversation": shown, "turn": turn_of(found), "picker": picker_for(request.user, conversation=shown)},
    )


@require_POST
def regenerate_answer(request: Request, pk: UUID, message_pk: int) -> HttpResponse:
    shown = conversation_for(request.user, pk)
    old = answer_for(shown, message_pk)
    form = ModelForm(request.POST, models=models_for(request.user))
    return _ask(request, form, partial(regenerate, old), partial(_shown_again, request, shown), shown=shown)


@require_POST
def go_on(request: Request, pk: UUID, message_pk: int) -> HttpResponse:
    shown = conversation_for(request.user, pk)
    broken = answer_for(shown, message_pk)
    form = ModelForm(request.POST, models=models_for(request.user))
    return _ask(request, form, partial(continue_answer, broken), partial(_shown_again, request, shown), shown=shown)


@require_POST
def choose(request: Request, pk: UUID, message_pk: int) -> HttpResponse:
    shown = conversation_for(request.user, pk)
    chosen = message_for(shown, message_pk)
    choose_branch(chosen)
    return _shown_again(request, shown, chosen)


@require_POST
def estimate(request: Request, pk: UUID | None = None) -> HttpResponse:
    """What the text in the composer will probably take; nothing while there is no text."""
    shown = conversation_for(request.user, pk) if pk else None
    form = MessageForm(request.POST, models=models_for(request.user))
    found = None
    if form.is_valid():
        said = form.cleaned_data
        found = estimate_of(said["content"], model=said["model"], conversation=shown)
    return render(request, "playground/catalog/_estimate.html", {"estimate": found})


def _ask(
    request: Request,
    form: ModelForm,
    verb: Callable[..., T],
    answer: Callable[[T], HttpResponse],
    *,
    shown: Conversation | None = None,
) -> HttpResponse:
    """Do what the form asks and answer with what came of it; or say why nothing was sent."""
    if not form.is_valid():
        return _not_sent(request, form, shown=shown)
    try:
        done = verb(**form.cleaned_data)
    except Refusal as refusal:
        return _not_sent(request, form, shown=shown, refusal=refusal)
    return answer(done)


def _started(request: Request, started: Conversation) -> HttpResponse:
    return HttpResponseClientRedirect(started.get_absolute_url()) if request.htmx else redirect(started)


def _posted(request: Request, shown: Conversation, message: Message) -> HttpResponse:
    """The question and its answer, which stand at the end from now on."""
    if not request.htmx:
        return redirect(f"{shown.get_absolute_url()}#message-{message.pk}")
    shown.refresh_from_db()
    added = {"conversation": shown, "branch": branch_of(shown, model=shown.model, last=2)}
    return render(request, "playground/chat/_posted.html", _composer(request, shown) | added)


def _shown_again(request: Request, shown: Conversation, message: Message) -> HttpResponse:
    """The messages as they are now."""
    if not request.htmx:
        return redirect(f"{shown.get_absolute_url()}#message-{message.pk}")
    shown.refresh_from_db()
    return render(request, "playground/chat/_asked.html", _reading(request, shown))


def _not_sent(
    request: Request, form: ModelForm, *, shown: Conversation | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    """Why nothing was sent. The words stay where they were typed: with htmx the composer is not touched."""
    if request.htmx:
        return render(request, "playground/chat/_problem.html", {"form": form, "refusal": refusal}, status=422)
    page = _reading(request, shown) if shown else _composing(request)
    template = "playground/chat/conversation.html" if shown else "playground/chat/new.html"
    return render(
        request, template, page | {"form": form, "refusal": refusal}, status=refusal.status if refusal else 422
    )


def _composer(request: Request, shown: Conversation | None = None) -> dict[str, Any]:
    picker = picker_for(request.user, conversation=shown)
    return {"form": MessageForm(models=models_for(request.user), initial={"model": picker.picked}), "picker": picker}


def _composing(request: Request, shown: Conversation | None = None) -> dict[str, Any]:
    return _composer(request, shown) | {"listing": listing_for(request.user)}


def _reading(request: Request, shown: Conversation, *, before: int | None = None) -> dict[str, Any]:
    branch: Branch = branch_of(shown, model=shown.model, before=before)
    return _composing(request, shown) | {"conversation": shown, "branch": branch, "is_earlier": before is not None}
