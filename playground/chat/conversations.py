"""The life of a conversation: started, named, deleted, brought back, purged."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from playground.catalog.models import Model
from playground.chat.messages import post_message
from playground.chat.models import Conversation, Message
from playground.chat.titles import title_for
from playground.runs.models import Run


@transaction.atomic
def start_conversation(user: User, *, content: str, model: Model, key: UUID) -> Conversation:
    """A new conversation with its first question, named after it. The same form again gives the same conversation."""
    conversation, _ = Conversation.objects.get_or_create(
        # Made from the form's key: of two at once, the second waits for the first and finds its conversation.
        pk=uuid5(key, f"{user.pk}:{content}"),
        defaults={"user": user, "title": title_for(content), "model": model, "updated_at": timezone.now()},
    )
    if conversation.deleted_at:
        restore_conversation(conversation)
    post_message(conversation, content=content, model=model, key=key)
    return conversation


def rename_conversation(conversation: Conversation, *, title: str) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(title=title)


def delete_conversation(conversation: Conversation) -> None:
    """Put it out of sight; it can be brought back until it is purged."""
    Conversation.objects.filter(pk=conversation.pk, deleted_at=None).update(deleted_at=timezone.now())


def restore_conversation(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=None)


@transaction.atomic
def purge_conversations(*, deleted_before: datetime) -> int:
    """Remove what was deleted before then, words and all. Runs keep their numbers: the money book counts them."""
    due = Conversation.objects.filter(deleted_at__lt=deleted_before)
    runs = Message.objects.filter(conversation__in=due, run__isnull=False).values("run")
    Run.objects.filter(pk__in=runs).update(output="", output_html="", reasoning="", request=None)
    count = due.count()
    due.delete()
    return count
