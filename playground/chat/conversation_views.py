"""The list of conversations and what is done to one as a whole."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.http import Request, page_that_asks
from playground.chat.access import conversation_for, deleted_conversation_for
from playground.chat.conversations import delete_conversation, rename_conversation, restore_conversation
from playground.chat.forms import OlderForm, RenameForm
from playground.chat.listing import is_running, listing_for


@require_GET
def conversation_list(request: Request) -> HttpResponse:
    """All of them, page by page: the page for those without scripts, the next part of the sidebar for the others."""
    form = OlderForm(request.GET)
    if request.GET and not form.is_valid():
        raise Http404
    older = {"before": form.cleaned_data["before"], "before_id": form.cleaned_data["id"]} if request.GET else {}
    listing = listing_for(request.user, **older)
    template = "playground/chat/_listing.html" if request.htmx else "playground/chat/list.html"
    return render(request, template, {"listing": listing})


@require_GET
def row(request: Request, pk: UUID) -> HttpResponse:
    conversation = conversation_for(request.user, pk)
    context = {"item": conversation, "running": is_running(conversation), "current": _is_current(request, pk)}
    return render(request, "playground/chat/_row.html", context)


@require_http_methods(["GET", "POST"])
def rename(request: Request, pk: UUID) -> HttpResponse:
    conversation = conversation_for(request.user, pk)
    form = RenameForm(request.POST or None, initial={"title": conversation.title})
    if form.is_valid():
        rename_conversation(conversation, title=form.cleaned_data["title"])
        return redirect("chat:row" if request.htmx else "chat:conversation", pk)
    template = "playground/chat/_rename.html" if request.htmx else "playground/chat/rename.html"
    context = {"form": form, "item": conversation}
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
def delete(request: Request, pk: UUID) -> HttpResponse:
    """Out of sight, with a way back: a new chat follows when it is the one that is open."""
    delete_conversation(conversation_for(request.user, pk))
    undo = reverse("chat:restore", args=[pk])
    if request.htmx and not _is_current(request, pk):
        return render(request, "playground/chat/_deleted.html", {"undo_url": undo})
    messages.success(request, _("Chat deleted"), extra_tags=undo)
    return HttpResponseClientRedirect(reverse("chat:new")) if request.htmx else redirect("chat:new")


@require_POST
def restore(request: Request, pk: UUID) -> HttpResponse:
    restore_conversation(deleted_conversation_for(request.user, pk))
    return redirect("chat:conversation", pk)


def _is_current(request: Request, pk: UUID) -> bool:
    """Whether the page that asks shows this conversation."""
    return reverse("chat:conversation", args=[pk]) in page_that_asks(request)
