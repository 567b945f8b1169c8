"""Asking in a conversation: a question and its answer, another answer, another branch."""

from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from playground.catalog.models import Model
from playground.chat.errors import NothingToGoOn, StillAnswering
from playground.chat.history import answer_room, turns_for
from playground.chat.models import Conversation, Message, Role
from playground.chat.tree import tree_of
from playground.gateway.types import ChatRequest, Turn
from playground.runs.models import LIVE_STATES, Run, RunState
from playground.runs.start import start_run

# Not every model lets an answer be begun for it; every one follows this.
GO_ON = (
    "Your answer above broke off. Go on exactly where it ends, in the same language and form. "
    "Repeat nothing of it and say nothing about the break."
)


@transaction.atomic
def post_message(conversation: Conversation, *, content: str, model: Model, key: UUID) -> Message:
    """Add the question and start the run that answers it; gives the answer.

    `key` is the form's: the same form with the same text again gives the same answer. A Refusal leaves nothing behind.
    """
    conversation = _locked(conversation)
    # With the text in the key, a form that the browser kept and the person changed is a new question.
    run_key = str(uuid5(key, content))
    if posted := _posted(conversation, run_key):
        return posted
    _refuse_while_answering(conversation)
    question = Message.objects.create(
        conversation=conversation, parent_id=conversation.head_id, role=Role.USER, content=content
    )
    return _answer(question, conversation=conversation, model=model, run_key=run_key)


@transaction.atomic
def regenerate(answer: Message, *, model: Model, key: UUID) -> Message:
    """Ask the same question again, perhaps of another model; the new answer stands beside the old one."""
    conversation = _locked(answer.conversation)
    run_key = str(uuid5(key, str(answer.pk)))
    if posted := _posted(conversation, run_key):
        return posted
    _refuse_while_answering(conversation)
    assert answer.parent is not None  # noqa: S101 - an answer always follows its question
    return _answer(answer.parent, conversation=conversation, model=model, run_key=run_key)


@transaction.atomic
def continue_answer(answer: Message, *, model: Model, key: UUID) -> Message:
    """Go on where the answer broke off: what follows is an answer of its own that is shown joined to it."""
    conversation = _locked(answer.conversation)
    run_key = str(uuid5(key, f"continue {answer.pk}"))
    if posted := _posted(conversation, run_key):
        return posted
    _refuse_while_answering(conversation)
    answer = conversation.messages.select_related("run").get(pk=answer.pk)
    if answer.run is None or not can_go_on(answer.run):
        raise NothingToGoOn
    return _answer(answer, conversation=conversation, model=model, run_key=run_key)


def can_go_on(run: Run) -> bool:
    """Whether there is a beginning, and its rest is missing."""
    is_cut = run.state in (RunState.INTERRUPTED, RunState.CANCELLED) or run.finish_reason == "length"
    return bool(run.output) and not run.is_live and is_cut


def choose_branch(message: Message) -> None:
    """Show the branch that goes through `message`, as far as it went on."""
    tip = tree_of(message.conversation).newest_tip(message.pk)
    Conversation.objects.filter(pk=message.conversation_id).update(head=tip)


def _answer(question: Message, *, conversation: Conversation, model: Model, run_key: str) -> Message:
    """Answer a question; or go on with an answer, where that is what is asked."""
    turns = turns_for(conversation, upto=question, model=model)
    if question.role == Role.ASSISTANT:
        turns += (Turn("user", GO_ON),)
    request = ChatRequest(turns=turns, max_output_tokens=answer_room(model))
    run = start_run(user=conversation.user, source="chat", model=model, request=request, idempotency_key=run_key)
    answer = Message.objects.create(conversation=conversation, parent=question, role=Role.ASSISTANT, run=run)
    Conversation.objects.filter(pk=conversation.pk).update(head=answer, model=model, updated_at=timezone.now())
    return answer


def _locked(conversation: Conversation) -> Conversation:
    """Two posts to one conversation go one after the other: the second one sees the first one's run."""
    return Conversation.objects.select_for_update(of=("self",)).select_related("user").get(pk=conversation.pk)


def _posted(conversation: Conversation, run_key: str) -> Message | None:
    return conversation.messages.select_related("run__model").filter(run__idempotency_key=run_key).first()


def _refuse_while_answering(conversation: Conversation) -> None:
    if conversation.messages.filter(run__state__in=LIVE_STATES).exists():
        raise StillAnswering
