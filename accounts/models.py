"""Who somebody is, where she belongs, the keys of her programs, and who did what."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do everywhere; what she may do in one department is `Membership.is_owner`."""

    EMPLOYEE = "employee", _("Employee")
    POWER_USER = "power_user", _("Power user")
    ADMIN = "admin", _("Admin")


class Source(models.TextChoices):
    """Where a membership or a role came from. A sync touches only its own."""

    SSO = "sso", _("Company sign-in")
    MANUAL = "manual", _("Set by hand")


class Department(models.Model):
    """The unit of the company that pays."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    cost_centre = models.CharField(max_length=60, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person. The link to the identity provider is allauth's SocialAccount, by issuer and subject only."""

    role = models.CharField(max_length=20, choices=Role, default=Role.EMPLOYEE)
    role_source = models.CharField(max_length=20, choices=Source, default=Source.SSO)
    # The language the company knows her by, as the identity provider says it ("pt-BR"); may be empty.
    locale = models.CharField(max_length=35, blank=True)
    # What a greeting calls her, as the identity provider says it; `first_name` holds her whole name.
    given_name = models.CharField(max_length=150, blank=True)
    departments = models.ManyToManyField(Department, through="Membership", related_name="people")

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Membership(models.Model):
    """A person's place in a department. The primary one pays for what she asks."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="memberships")
    is_owner = models.BooleanField(default=False)
    is_primary = models.BooleanField(default=False)
    source = models.CharField(max_length=20, choices=Source, default=Source.SSO)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "department"], name="one_membership_per_department"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_primary=True), name="one_primary_department_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.department}"


class Session(AbstractBaseSession):
    """A sign-in, which knows whose it is, so that all of one person's can be ended at once."""

    user_id = models.BigIntegerField(null=True, blank=True, db_index=True)


class KeyScope(models.TextChoices):
    """What a key may do beside reading lists and its owner's own runs."""

    MODELS = "models", _("Ask models")
    TOOLS = "tools", _("Use tools")


def all_scopes() -> list[str]:
    return list(KeyScope.values)


class ApiKey(models.Model):
    """A key for programs: the hash is kept, the prefix is shown, the key itself is seen once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=KeyScope), default=all_scopes, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEvent(models.Model):
    """Who did what to what. `accounts.audit.record` is its only writer; a trigger forbids change."""

    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=60)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_by_target")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"
