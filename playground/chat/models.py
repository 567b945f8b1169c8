"""Conversations and their messages. An answer's text lives in its run."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from playground.catalog.models import Model
from playground.runs.models import Run


class Role(models.TextChoices):
    USER = "user", _("You")
    ASSISTANT = "assistant", _("Answer")


class Conversation(models.Model):
    """A dialogue of one person. Its messages are a tree; `head` is the last message of the branch she looks at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=200, blank=True)
    model = models.ForeignKey(Model, null=True, on_delete=models.SET_NULL, related_name="+")
    head = models.ForeignKey("Message", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    # Deleted ones can be brought back for a while, then a sweep removes them.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-updated_at"]
        indexes = [
            models.Index(
                fields=["user", "-updated_at"], condition=models.Q(deleted_at=None), name="conversations_by_person"
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("chat:conversation", args=[self.pk])


class Message(models.Model):
    """One turn: the person's words in `content`, or the run that answers them."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    role = models.CharField(max_length=10, choices=Role)
    content = models.TextField(blank=True)
    run = models.OneToOneField(Run, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="user", run__isnull=True)
                | models.Q(role="assistant", run__isnull=False, content=""),
                name="an_answer_is_a_run_and_a_question_is_text",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} message {self.pk}"
