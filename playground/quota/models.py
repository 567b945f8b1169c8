"""What may be spent, and what was. All amounts are integers, in micro-units of the company's currency.

`ledger.py` is the only writer of QuotaWindow's sums, Reservation and LedgerEntry; `limits.py` of Quota and the limits.
The sums of a window are those of the reservations that name it in `window_ids`; `verify.py` adds them up again.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Department


class Scope(models.TextChoices):
    """Whose spending a quota counts. The order is the order in which the ledger walks them."""

    COMPANY = "company", _("Company")
    DEPARTMENT = "department", _("Department")
    PERSON = "person", _("Person")
    KEY = "key", _("API key")


class Period(models.TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")


class Quota(models.Model):
    """What one company, department, person or key may spend in each period. Without a limit it only counts."""

    scope = models.CharField(max_length=20, choices=Scope)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10, choices=Period)
    limit = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "department", "user", "api_key", "period"],
                nulls_distinct=False,
                name="one_quota_per_target_and_period",
            ),
            models.CheckConstraint(
                condition=models.Q(limit__isnull=True) | models.Q(limit__gte=0), name="a_limit_is_never_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    scope=Scope.COMPANY, department__isnull=True, user__isnull=True, api_key__isnull=True
                )
                | models.Q(scope=Scope.DEPARTMENT, department__isnull=False, user__isnull=True, api_key__isnull=True)
                | models.Q(scope=Scope.PERSON, department__isnull=True, user__isnull=False, api_key__isnull=True)
                | models.Q(scope=Scope.KEY, department__isnull=True, user__isnull=True, api_key__isnull=False),
                name="a_quota_names_the_target_of_its_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.department or self.user or self.api_key or ''} per {self.period}"


class QuotaWindow(models.Model):
    """One day or month of a quota, in the company's time zone. Windows are rows, never resets."""

    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="windows", db_index=False)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    limit = models.BigIntegerField(null=True, blank=True)
    reserved = models.BigIntegerField(default=0)
    settled = models.BigIntegerField(default=0)
    # How far the window was above its limit when that was set: a limit may be lowered below what is used already.
    over_when_set = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quota", "starts"], name="one_window_per_period"),
            models.CheckConstraint(condition=models.Q(reserved__gte=0), name="nothing_negative_is_reserved"),
            models.CheckConstraint(
                condition=models.Q(starts__lt=models.F("ends")), name="a_window_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quota} from {self.starts:%Y-%m-%d}"

    @property
    def left(self) -> int | None:
        """What may still be reserved; None without a limit. Below zero when a limit was lowered under what is used."""
        return None if self.limit is None else self.limit - self.reserved - self.settled

    def has_room(self, amount: int) -> bool:
        return self.left is None or amount <= self.left


class ReservationState(models.TextChoices):
    HELD = "held", _("Held")
    SETTLED = "settled", _("Settled")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", _("Expired")


class Reservation(models.Model):
    """What a run may cost at most, set aside in every window it counts in. It leaves `held` exactly once."""

    run_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    state = models.CharField(max_length=10, choices=ReservationState, default=ReservationState.HELD)
    amount = models.BigIntegerField()
    settled = models.BigIntegerField(default=0)
    window_ids = ArrayField(models.BigIntegerField())
    # Found by its run, or among the held ones; people and departments never go.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=20)
    model = models.CharField(max_length=100)
    tool_version = models.CharField(max_length=100, blank=True)
    api_key_id = models.BigIntegerField(null=True, blank=True)
    provider_started_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0, settled__gte=0), name="a_reservation_is_never_negative"
            )
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=models.Q(state="held"), name="held_reservations_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.amount} for run {self.run_id}"


class EntryKind(models.TextChoices):
    RESERVE = "reserve", _("Reserved")
    EXTEND = "extend", _("Extended")
    SETTLE = "settle", _("Settled")
    RELEASE = "release", _("Released")
    ADJUST = "adjust", _("Adjusted")
    OVERRUN = "overrun", _("Overrun")


class Confidence(models.TextChoices):
    EXACT = "exact", _("Exact")
    ESTIMATED = "estimated", _("Estimated")


class LedgerEntry(models.Model):
    """One line of the money book: append-only (a trigger forbids change and removal).

    It keeps whom, what and at which price as text and numbers, so that it outlives the catalogue, and the department
    of that moment, so that moving a person moves no history.
    """

    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind)
    amount = models.BigIntegerField()
    # Three lines a run: only what is looked for is indexed.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=20)
    model = models.CharField(max_length=100)
    tool_version = models.CharField(max_length=100, blank=True)
    api_key_id = models.BigIntegerField(null=True, blank=True)
    provider = models.CharField(max_length=80, blank=True)
    price = models.JSONField(default=dict)
    usage = models.JSONField(default=dict)
    confidence = models.CharField(max_length=10, choices=Confidence, default=Confidence.EXACT)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections", db_index=False
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reservation", "kind"],
                condition=models.Q(kind__in=["reserve", "settle", "release"]),
                name="each_reservation_is_made_and_closed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="adjust") | models.Q(amount__gte=0), name="only_an_adjustment_is_negative"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="adjust") | (models.Q(actor__isnull=False) & ~models.Q(reason="")),
                name="an_adjustment_names_who_and_why",
            ),
        ]
        indexes = [models.Index(fields=["department", "created_at"], name="entries_by_department_and_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
