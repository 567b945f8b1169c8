"""Which models exist, who serves them, and what they cost. Prices are micro-units of the company's currency."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Role


class DataUse(models.TextChoices):
    """What a provider may do with what it is sent, by its contract. Routing policies compare these labels."""

    UNKNOWN = "unknown", _("Not known: public data only")
    OURS = "ours", _("Stays in our own network")
    NOT_KEPT = "not_kept", _("Not trained on, not kept")
    KEPT = "kept", _("Not trained on, kept for up to 30 days")
    TRAINED_ON = "trained_on", _("May be trained on")


class Provider(models.Model):
    """A company, or a server of ours, that serves models."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(
        max_length=40, help_text=_("The adapter that speaks to it: a key of gateway.providers.KINDS.")
    )
    base_url = models.CharField(max_length=300, blank=True)
    credential = models.TextField(blank=True, help_text=_("Encrypted by catalog.credentials."))
    # Instead of a stored key: the name of an environment variable that web processes and workers read it from.
    credential_variable = models.CharField(max_length=100, blank=True)
    # What the kind needs beside address and key, by the names of catalog.kinds: {"api_version": "2025-04-01-preview"}.
    options = models.JSONField(default=dict, blank=True)
    region = models.CharField(max_length=60, blank=True)
    data_use = models.CharField(max_length=20, choices=DataUse, default=DataUse.UNKNOWN)
    data_use_note = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Audience(models.TextChoices):
    EVERYONE = "everyone", _("Everyone")
    DEPARTMENTS = "departments", _("Some departments")
    ROLES = "roles", _("Some roles")
    NOBODY = "nobody", _("Nobody")


class ModelKind(models.TextChoices):
    CHAT = "chat", _("Chat")
    EMBEDDING = "embedding", _("Embedding")


class Routing(models.TextChoices):
    """Which of the deployments of one priority is asked first."""

    PRIORITY = "priority", _("Always the same order")
    WEIGHTED = "weighted", _("Shared by weight")
    LEAST_BUSY = "least_busy", _("The least busy one")
    FASTEST = "fastest", _("The one that answers fastest")


class Model(models.Model):
    """What a person picks."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True)
    context_tokens = models.PositiveIntegerField(default=128_000)
    max_output_tokens = models.PositiveIntegerField(default=4_096)
    position = models.PositiveSmallIntegerField(default=100)
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.EVERYONE)
    departments = models.ManyToManyField(Department, blank=True, related_name="+")
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    kind = models.CharField(max_length=20, choices=ModelKind, default=ModelKind.CHAT)
    reads_images = models.BooleanField(default=False)
    writes_json = models.BooleanField(default=False)
    calls_functions = models.BooleanField(default=False)
    routing = models.CharField(max_length=20, choices=Routing, default=Routing.WEIGHTED)
    new_until = models.DateField(null=True, blank=True)
    # From that day on it is offered to nobody, and whatever stands on it goes to the replacement.
    retires_on = models.DateField(null=True, blank=True)
    replacement = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(replacement=models.F("id")), name="no_model_is_its_own_replacement"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Cause(models.TextChoices):
    """Why another model is asked instead."""

    OUTAGE = "outage", _("It cannot be reached")
    RATE = "rate", _("It is at its limit")
    CONTEXT = "context", _("The question is too long for it")
    CONTENT = "content", _("Its provider refuses the question")


class Fallback(models.Model):
    """Who answers instead of a model, for each cause in an order of its own. Without a row nobody does."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="fallbacks")
    cause = models.CharField(max_length=20, choices=Cause)
    position = models.PositiveSmallIntegerField(default=1)
    to_model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["cause", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "cause", "to_model"], name="one_fallback_per_model_and_cause"),
            models.CheckConstraint(
                condition=~models.Q(model=models.F("to_model")), name="no_model_falls_back_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} → {self.to_model} ({self.cause})"


class DepartmentDefault(models.Model):
    """The model that is picked already for the people of a department who have not picked one."""

    department = models.OneToOneField(Department, on_delete=models.CASCADE, related_name="+")
    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.model} for {self.department}"


class Deployment(models.Model):
    """One place that serves a model: a provider and its own name for the model. The lowest priority goes first."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="deployments")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="deployments")
    name = models.CharField(max_length=200)
    priority = models.PositiveSmallIntegerField(default=1)
    weight = models.PositiveSmallIntegerField(default=1)
    # Ours, over all workers; None is no limit.
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True)
    max_parallel = models.PositiveIntegerField(null=True, blank=True)
    # To the first byte, between two pieces, and in all; None is as the settings say.
    first_byte_seconds = models.PositiveIntegerField(null=True, blank=True)
    idle_seconds = models.PositiveIntegerField(null=True, blank=True)
    total_seconds = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["priority", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "provider", "name"], name="one_deployment_per_provider_name"),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="a_deployment_has_a_weight"),
            models.CheckConstraint(
                condition=(models.Q(first_byte_seconds=None) | models.Q(first_byte_seconds__gte=1))
                & (models.Q(idle_seconds=None) | models.Q(idle_seconds__gte=1))
                & (models.Q(total_seconds=None) | models.Q(total_seconds__gte=1)),
                name="a_deployment_is_given_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.provider}"


class Price(models.Model):
    """What a deployment costs from a day on: micro-units per million tokens. Write-once (a trigger forbids change)."""

    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="prices")
    effective_from = models.DateTimeField()
    input = models.BigIntegerField()
    output = models.BigIntegerField()
    cached_input = models.BigIntegerField()
    # None: as input.
    cache_write = models.BigIntegerField(null=True, blank=True)
    # None: as output, of which reasoning tokens are a part.
    reasoning = models.BigIntegerField(null=True, blank=True)
    # Micro-units for each image that is sent, beside its tokens.
    image = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-effective_from", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["deployment", "effective_from"], name="one_price_per_day_it_starts"),
            models.CheckConstraint(
                condition=models.Q(input__gte=0, output__gte=0, cached_input__gte=0), name="a_price_is_never_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(image__gte=0)
                & (models.Q(cache_write=None) | models.Q(cache_write__gte=0))
                & (models.Q(reasoning=None) | models.Q(reasoning__gte=0)),
                name="no_part_of_a_price_is_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deployment} from {self.effective_from:%Y-%m-%d}"


class Script(models.TextChoices):
    """How a text is written, which decides how many tokens it makes. The short word is also kept in each run."""

    LATIN = "latin", _("Latin letters")
    ACCENTED = "accented", _("Latin letters with accents")
    JAPANESE = "japanese", _("Japanese")
    CHINESE = "chinese", _("Chinese")
    KOREAN = "korean", _("Korean")
    OTHER = "other", _("Other scripts")
    MIXED = "mixed", _("Mixed scripts")
    CODE = "code", _("Code and data")


class TokenRate(models.Model):
    """What real usage has taught about one model and script. Without a model: over all models."""

    model = models.ForeignKey(Model, null=True, blank=True, on_delete=models.CASCADE, related_name="token_rates")
    script = models.CharField(max_length=20, choices=Script)
    # Tokens that the provider counted for each one of the built-in guess.
    ratio = models.FloatField()
    # How long an answer usually is.
    output_tokens = models.PositiveIntegerField()
    runs = models.PositiveIntegerField()
    learnt_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "script"], name="one_token_rate_per_model_and_script"),
            models.UniqueConstraint(
                fields=["script"], condition=models.Q(model=None), name="one_token_rate_per_script_over_all_models"
            ),
            models.CheckConstraint(condition=models.Q(ratio__gt=0), name="a_token_rate_is_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.model or 'all models'}, {self.script}: {self.ratio:.2f}"
