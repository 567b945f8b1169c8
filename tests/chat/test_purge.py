from datetime import timedelta

from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.chat.models import Conversation
from playground.chat.tasks import purge


def test_only_what_was_deleted_long_ago_is_purged(alice: User, settings: Settings) -> None:
    settings.DELETED_CHAT_DAYS = 30
    now = timezone.now()
    for title, days in [("kept", None), ("yesterday", 1), ("long ago", 31)]:
        deleted_at = now - timedelta(days=days) if days else None
        Conversation.objects.create(user=alice, title=title, updated_at=now, deleted_at=deleted_at)
    purge()
    assert set(Conversation.objects.values_list("title", flat=True)) == {"kept", "yesterday"}
