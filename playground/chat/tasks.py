"""The beat's door to chats."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from playground.chat.conversations import purge_conversations


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def purge() -> None:
    purge_conversations(deleted_before=timezone.now() - timedelta(days=settings.DELETED_CHAT_DAYS))
