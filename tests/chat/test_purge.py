from datetime import timedelta

from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.chat.conversations import delete_conversation, purge_conversations
from playground.chat.models import Conversation, Message
from playground.chat.tasks import purge
from playground.runs.models import Run


def test_what_was_deleted_long_ago_is_gone_with_its_words(conversation: Conversation) -> None:
    delete_conversation(conversation)
    assert purge_conversations(deleted_before=timezone.now() + timedelta(days=1)) == 1
    assert not Message.objects.exists()
    run = Run.objects.get()
    assert (run.output, run.output_html, run.request) == ("", "", None)


def test_what_was_just_deleted_stays(conversation: Conversation) -> None:
    delete_conversation(conversation)
    assert purge_conversations(deleted_before=timezone.now() - timedelta(days=1)) == 0
    assert Run.objects.get().output == "Yes."


def test_what_was_not_deleted_stays(conversation: Conversation) -> None:
    assert purge_conversations(deleted_before=timezone.now() + timedelta(days=1)) == 0
    assert Conversation.objects.exists()


def test_only_what_was_deleted_long_ago_is_purged(alice: User, settings: Settings) -> None:
    settings.DELETED_CHAT_DAYS = 30
    now = timezone.now()
    for title, days in [("kept", None), ("yesterday", 1), ("long ago", 31)]:
        deleted_at = now - timedelta(days=days) if days else None
        Conversation.objects.create(user=alice, title=title, updated_at=now, deleted_at=deleted_at)
    purge()
    assert set(Conversation.objects.values_list("title", flat=True)) == {"kept", "yesterday"}
