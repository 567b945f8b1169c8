"""What is set aside right now, for those who watch over it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Sum

from playground.quota.models import Reservation, ReservationState


@dataclass(frozen=True, slots=True)
class Holds:
    count: int
    amount: int
    oldest: datetime | None


def held_now() -> Holds:
    sums = Reservation.objects.filter(state=ReservationState.HELD).aggregate(
        count=Count("pk"), amount=Sum("amount"), oldest=Min("created_at")
    )
    return Holds(sums["count"], sums["amount"] or 0, sums["oldest"])
