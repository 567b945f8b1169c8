"""What the traffic of the company looks like from outside: numbers, never a word of a question or an answer.

A run that ends leaves a Slip, written by the database itself in the same transaction. Folding takes the slips away
and leaves an EndedRun and its part in the Tallies, in one transaction too: each run counts once, whoever dies when.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from playground.runs.models import RunSource, RunState
from playground.traffic.causes import name_of


class Slip(models.Model):
    """A run that ended (`is_correction` False), or what its numbers have changed by since. Waits to be folded."""

    run_id = models.UUIDField()
    is_correction = models.BooleanField(default=False)
    cost = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cached_tokens = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"slip of run {self.run_id}"


NARROWED_BY = ["department_id", "cause", "source", "model", "tool", "deployment", "provider"]


class EndedRun(models.Model):
    """What may be known of a run besides whose it was and what was said. Outlives the run and the catalogue."""

    run_id = models.UUIDField(primary_key=True)
    ended_at = models.DateTimeField()
    department_id = models.BigIntegerField()
    source = models.CharField(max_length=20, choices=RunSource)
    model = models.CharField(max_length=100)
    tool = models.CharField(max_length=100, blank=True)
    # Who answered, or was asked last.
    deployment = models.CharField(max_length=300, blank=True)
    provider = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=RunState)
    # Why it failed; empty for a run that did not.
    cause = models.CharField(max_length=40, blank=True)
    fell_back = models.BooleanField(default=False)
    calls = models.PositiveSmallIntegerField(default=0)
    # Deployments and providers where a call failed, and the causes, also when the run itself went well.
    failed_at = ArrayField(models.CharField(max_length=300), default=list)
    causes = ArrayField(models.CharField(max_length=40), default=list)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cached_tokens = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    first_token_ms = models.IntegerField(null=True)
    total_ms = models.IntegerField()

    class Meta:
        # Each begins with what a list is narrowed by and goes on with its order; those that hold little also carry
        # what else it may be narrowed by, so that a rare cause of a year is found without reading the rows.
        indexes = [
            models.Index("ended_at", "run_id", name="ended_runs"),
            models.Index("department_id", "ended_at", "run_id", name="ended_runs_by_department"),
            models.Index("model", "ended_at", "run_id", name="ended_runs_by_model"),
            models.Index("deployment", "ended_at", "run_id", name="ended_runs_by_deployment"),
            models.Index("provider", "ended_at", "run_id", name="ended_runs_by_provider"),
            models.Index(
                fields=["tool", "ended_at", "run_id"],
                include=["department_id", "source", "model"],
                name="ended_runs_by_tool",
                condition=~models.Q(tool=""),
            ),
            models.Index(
                fields=["ended_at", "run_id"],
                include=NARROWED_BY,
                name="ended_runs_that_failed",
                condition=~models.Q(cause=""),
            ),
            models.Index(
                fields=["ended_at", "run_id"],
                include=NARROWED_BY,
                name="ended_runs_that_fell_back",
                condition=models.Q(fell_back=True),
            ),
            models.Index(
                fields=["ended_at", "run_id"],
                include=NARROWED_BY,
                name="ended_runs_that_were_stopped",
                condition=models.Q(state=RunState.CANCELLED),
            ),
            models.Index(
                fields=["ended_at", "run_id"],
                include=["department_id", "failed_at", "causes", "source", "model", "tool"],
                name="ended_runs_with_failed_call",
                condition=~models.Q(failed_at=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} run {self.run_id}"

    @property
    def cause_name(self) -> str:
        return name_of(self.cause) if self.cause else ""

    def add(self, slip: Slip) -> None:
        self.cost += slip.cost
        self.input_tokens += slip.input_tokens
        self.output_tokens += slip.output_tokens
        self.cached_tokens += slip.cached_tokens


class Span(models.TextChoices):
    """How much time one tally covers; days and months are the company's."""

    MINUTES = "minutes", _("5 minutes")
    HOUR = "hour", _("hour")
    DAY = "day", _("day")
    MONTH = "month", _("month")


class Dimension(models.TextChoices):
    """What a tally is about. Of providers and deployments calls are counted, of everything else runs."""

    ALL = "all", _("Everything")
    PROVIDER = "provider", _("Provider")
    DEPLOYMENT = "deployment", _("Deployment")
    MODEL = "model", _("Model")
    DEPARTMENT = "department", _("Department")
    TOOL = "tool", _("Tool")
    SOURCE = "source", _("Door")


CALLS = frozenset({Dimension.PROVIDER, Dimension.DEPLOYMENT})
# In the place of a department's id.
COMPANY = 0


class Tally(models.Model):
    """The sums of one span of time for one value of one dimension: in the whole company, or in one department."""

    span = models.CharField(max_length=8, choices=Span)
    dimension = models.CharField(max_length=12, choices=Dimension)
    department_id = models.BigIntegerField(default=COMPANY)
    starts = models.DateTimeField()
    key = models.CharField(max_length=300, blank=True)

    requests = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    stopped = models.BigIntegerField(default=0)
    fallbacks = models.BigIntegerField(default=0)
    retries = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cached_tokens = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    # Sums, beside the histograms.
    first_token_ms = models.BigIntegerField(default=0)
    total_ms = models.BigIntegerField(default=0)
    # How many tokens came in how long, of the answers that began.
    streamed_tokens = models.BigIntegerField(default=0)
    streaming_ms = models.BigIntegerField(default=0)

    # How many failed why, by code; and how many took how long (histogram.py).
    causes = models.JSONField(default=dict)
    first_token = ArrayField(models.IntegerField(), default=list)
    total = ArrayField(models.IntegerField(), default=list)

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["span", "dimension", "department_id", "starts", "key"], name="one_tally_of_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.key} per {self.span} from {self.starts:%Y-%m-%d %H:%M}"
