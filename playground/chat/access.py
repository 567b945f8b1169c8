"""Whose conversations are whose. Foreign, deleted and missing are the same: 404."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from playground.chat.models import Conversation, Message, Role


def conversation_for(user: User, pk: UUID) -> Conversation:
    return get_object_or_404(Conversation.objects.select_related("model"), pk=pk, user=user, deleted_at=None)


def deleted_conversation_for(user: User, pk: UUID) -> Conversation:
    return get_object_or_404(Conversation, pk=pk, user=user, deleted_at__isnull=False)


def message_for(conversation: Conversation, pk: int) -> Message:
    """A message of this very conversation, whoever else's id `pk` may be."""
    return get_object_or_404(conversation.messages.select_related("run__model"), pk=pk)


def answer_for(conversation: Conversation, pk: int) -> Message:
    return get_object_or_404(conversation.messages.select_related("run__model", "parent"), pk=pk, role=Role.ASSISTANT)
