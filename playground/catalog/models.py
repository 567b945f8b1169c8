"""Which models exist, who serves them, and what they cost. Prices are micro-units of the company's currency."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department


class Provider(models.Model):
    """A company, or a server of ours, that serves models."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(
        max_length=40, help_text=_("The adapter that speaks to it: a key of gateway.providers.KINDS.")
    )
    base_url = models.CharField(max_length=300, blank=True)
    credential = models.TextField(blank=True, help_text=_("Encrypted by catalog.credentials."))
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Audience(models.TextChoices):
    EVERYONE = "everyone", _("Everyone")
    DEPARTMENTS = "departments", _("Some departments")
    NOBODY = "nobody", _("Nobody")


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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Deployment(models.Model):
    """One place that serves a model: a provider and its own name for the model. The lowest priority goes first."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="deployments")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="deployments")
    name = models.CharField(max_length=200)
    priority = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["priority", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "provider", "name"], name="one_deployment_per_provider_name")
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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-effective_from", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["deployment", "effective_from"], name="one_price_per_day_it_starts"),
            models.CheckConstraint(
                condition=models.Q(input__gte=0, output__gte=0, cached_input__gte=0), name="a_price_is_never_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deployment} from {self.effective_from:%Y-%m-%d}"
