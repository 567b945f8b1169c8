"""Which deployments are left in peace right now, and why."""

from dataclasses import dataclass

from playground.traffic.causes import name_of


@dataclass(frozen=True, slots=True)
class Cooldown:
    deployment: str
    cause: str
    seconds: float

    @property
    def why(self) -> str:
        return name_of(self.cause)

    @property
    def ms(self) -> float:
        return self.seconds * 1000


def cooldowns() -> list[Cooldown]:
    return []
