"""One question to one model: its state, its answer, its cost, and every provider call made for it."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from playground.catalog.models import Model


class RunState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Answering")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    INTERRUPTED = "interrupted", _("Interrupted")
    CANCELLED = "cancelled", _("Stopped")


LIVE_STATES = [RunState.QUEUED, RunState.RUNNING]
# The same, as the index of live runs says it.
IS_LIVE = models.Q(finished_at=None)


class RunSource(models.TextChoices):
    """The door it came through."""

    CHAT = "chat", _("Chat")
    HUB = "hub", _("Tool")
    API = "api", _("API")


class OnBreak(models.TextChoices):
    """What becomes of an answer whose stream breaks in its middle.

    The last two are for who cannot take back what was shown: they start again unseen, or keep what was written.
    """

    KEEP = "keep", _("Keep what was written")
    RESTART = "restart", _("Start again at the next place")
    UNSEEN = "unseen", _("Start again while nothing was shown")
    UNSAID = "unsaid", _("Start again while no word was shown; thoughts are not")


# What a tool may choose: its page can fold away what counts no more.
TOOLS_ON_BREAK = [(choice.value, choice.label) for choice in (OnBreak.KEEP, OnBreak.RESTART)]


class Run(models.Model):
    """The row is the truth; a Celery message only wakes a worker, and the event stream only shows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Looked for by person and time, below; nobody looks for those of a department or model, and none of these goes.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="runs", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=20, choices=RunSource)
    api_key_id = models.BigIntegerField(null=True, blank=True)
    tool_version = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=20, choices=RunState, default=RunState.QUEUED)

    model = models.ForeignKey(Model, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    model_name = models.CharField(max_length=100)
    # Which deployment answered in the end, as text: "gpt-4o-mini at OpenAI".
    answered_by = models.CharField(max_length=300, blank=True)
    fell_back = models.BooleanField(default=False)
    # Why another place answered than the first one, in a sentence.
    fallback_reason = models.TextField(blank=True)
    # How it wants to be asked: runs.handling.Handling.
    may_fall_back = models.BooleanField(default=True)
    on_break = models.CharField(max_length=20, choices=OnBreak, default=OnBreak.KEEP)
    is_batch = models.BooleanField(default=False)
    seconds_in_line = models.FloatField(default=0)
    # Where its answer may be kept and found again, and for how long; empty for never.
    cache_key = models.CharField(max_length=64, blank=True)
    cache_seconds = models.PositiveIntegerField(default=0)
    from_cache = models.BooleanField(default=False)

    # gateway.types.ChatRequest as JSON; emptied at the end, when the door's own rows say the same.
    request = models.JSONField(null=True)
    max_output_tokens = models.PositiveIntegerField()
    input_token_bound = models.PositiveIntegerField()
    # How the question is written, and what the built-in table guessed: what the estimates learn from.
    script = models.CharField(max_length=20, blank=True)
    input_token_guess = models.PositiveIntegerField(default=0)
    image_count = models.PositiveSmallIntegerField(default=0)
    # Prices at admission, by deployment: what was reserved is what will be charged.
    prices = models.JSONField(default=dict)

    output = models.TextField(blank=True)
    output_html = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    # The functions that the model wants called, whole: {"id", "name", "arguments"} each.
    calls = models.JSONField(default=list, blank=True)
    # What was written before the answer started again somewhere else.
    discarded = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    # A GatewayError's code, and the sentence that a person reads.
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)

    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    cache_write_tokens = models.PositiveIntegerField(default=0)
    reasoning_tokens = models.PositiveIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    cost_is_estimated = models.BooleanField(default=False)
    # What the provider's prompt cache has saved; below zero where filling it cost more.
    saved = models.BigIntegerField(default=0)

    idempotency_key = models.CharField(max_length=100, blank=True)
    request_sha256 = models.CharField(max_length=64, blank=True)
    # A worker writes only with the fence it claimed with; one that wakes up late writes nothing.
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    # The first word of the answer; an Attempt's is the first of anything, thinking included.
    first_token_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="one_run_per_idempotency_key",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running"], finished_at__isnull=True)
                | models.Q(~models.Q(state__in=["queued", "running"]), finished_at__isnull=False),
                name="a_run_is_live_until_it_is_finished",
            ),
        ]
        indexes = [
            # A live run is written every two seconds: nothing that changes before its end is in any index, nor in its
            # condition, so those writes stay on the page and out of all indexes.
            models.Index(fields=["created_at"], condition=models.Q(finished_at__isnull=True), name="live_runs"),
            models.Index(fields=["user", "-created_at"], name="runs_by_person"),
            # What happened lately, over everybody: a few kilobytes for millions of rows, which arrive in this order.
            BrinIndex(fields=["created_at"], autosummarize=True, name="runs_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.state} run {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def seconds_to_first_token(self) -> float | None:
        """From the question to the first word of the answer, waiting and thinking included."""
        return (self.first_token_at - self.created_at).total_seconds() if self.first_token_at else None

    @property
    def seconds_in_all(self) -> float | None:
        return (self.finished_at - self.created_at).total_seconds() if self.finished_at else None


class RunVectors(models.Model):
    """What an embedding run brought, for the program that waits for it. The sweep removes it after an hour."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="vectors")
    # All vectors one after the other, as little-endian 32-bit floats, each of `dimensions`.
    dimensions = models.PositiveIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"vectors of run {self.run_id}"


class Attempt(models.Model):
    """One provider call inside a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField()
    deployment = models.CharField(max_length=300)
    # Of the deployment, and the slug of its provider: what figures are grouped by.
    target = models.CharField(max_length=40, blank=True)
    provider = models.CharField(max_length=50, blank=True)
    # Empty for success, else the GatewayError's code.
    error_code = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    first_token_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    cache_write_tokens = models.PositiveIntegerField(default=0)
    reasoning_tokens = models.PositiveIntegerField(default=0)
    # The attempts of a run cost together what the run costs.
    cost = models.BigIntegerField(default=0)
    cost_is_estimated = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="attempts_are_numbered")]
        indexes = [BrinIndex(fields=["started_at"], autosummarize=True, name="attempts_by_time")]

    def __str__(self) -> str:
        return f"attempt {self.number} of run {self.run_id}"
