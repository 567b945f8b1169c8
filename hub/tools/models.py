"""A tool is a form and a template; its versions are numbered; using it is a run like any other."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from hub.tools.columns import OrderedJSONField
from playground.catalog.models import Model
from playground.runs.models import TOOLS_ON_BREAK, OnBreak, Run


class Category(models.TextChoices):
    WRITING = "writing", _("Writing")
    LISTINGS = "listings", _("Listings")
    SUPPORT = "support", _("Customer support")
    MARKETING = "marketing", _("Marketing")
    MEETINGS = "meetings", _("Meetings")
    DATA = "data", _("Data")
    OTHER = "other", _("Other")


class Audience(models.TextChoices):
    """Who may use a published tool. A new one is its maker's own."""

    PRIVATE = "private", _("Only me")
    DEPARTMENT = "department", _("My department")
    EVERYONE = "everyone", _("Everyone")


class Tool(models.Model):
    """What the hub lists. What it does is in its versions."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=160)
    category = models.CharField(max_length=20, choices=Category, default=Category.OTHER)
    icon = models.CharField(max_length=30, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tools")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tools")
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.PRIVATE)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class OutputKind(models.TextChoices):
    TEXT = "text", _("Plain text")
    MARKDOWN = "markdown", _("Formatted text")
    JSON = "json", _("Data (JSON)")


class ToolVersion(models.Model):
    """What a tool does: numbered from 1; only a draft may change."""

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=VersionState, default=VersionState.DRAFT)
    # hub.tools.fields.Field as JSON, in the order of the form.
    fields = models.JSONField(default=list)
    system_text = models.TextField(blank=True)
    template = models.TextField(blank=True)
    model = models.ForeignKey(Model, null=True, on_delete=models.SET_NULL, related_name="+")
    max_output_tokens = models.PositiveIntegerField(default=2_000)
    output_kind = models.CharField(max_length=20, choices=OutputKind, default=OutputKind.MARKDOWN)
    # A JSON Schema, where the output is JSON.
    schema = OrderedJSONField(null=True, blank=True)
    # Whether another model may answer when this one cannot, and what becomes of an answer that breaks off.
    may_fall_back = models.BooleanField(default=True)
    on_break = models.CharField(max_length=20, choices=TOOLS_ON_BREAK, default=OnBreak.KEEP)
    # How long the answer to the very same inputs may be given again within a department; 0 for never.
    cache_seconds = models.PositiveIntegerField(default=0)
    # Inputs that show what the tool is for: the sample button fills them in.
    sample_inputs = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["tool", "number"], name="versions_are_numbered"),
            models.UniqueConstraint(
                fields=["tool"], condition=models.Q(state="published"), name="one_published_version_per_tool"
            ),
            models.UniqueConstraint(fields=["tool"], condition=models.Q(state="draft"), name="one_draft_per_tool"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} v{self.number}"


class ToolRun(models.Model):
    """A tool used once: which version, with which inputs, and the run that answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ToolVersion, on_delete=models.PROTECT, related_name="tool_runs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tool_runs")
    inputs = models.JSONField(default=dict)
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "-created_at"], name="tool_runs_by_person")]

    def __str__(self) -> str:
        return f"{self.version} by {self.user}"
