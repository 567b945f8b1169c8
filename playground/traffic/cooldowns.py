"""Which deployments are left in peace right now, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from playground.traffic.causes import name_of


@dataclass(frozen=True, slots=True)
class Cooldown:
    deployment: str
    cause: str
    until: datetime

    @property
    def seconds(self) -> float:
        return max(0.0, (self.until - timezone.now()).total_seconds())

    @property
    def why(self) -> str:
        return name_of(self.cause)


def cooldowns() -> list[Cooldown]:
    return []
