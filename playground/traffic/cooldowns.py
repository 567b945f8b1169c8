"""Which deployments are left in peace right now, and why."""

from dataclasses import dataclass

from django.conf import settings
from redis import RedisError

from playground.catalog.access import served_deployments
from playground.gateway.health import report
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


def cooldowns() -> list[Cooldown] | None:
    """None when nobody can say."""
    names = {str(deployment.pk): str(deployment) for deployment in served_deployments().select_related("provider")}
    try:
        found = report(settings.STREAM_REDIS_URL, prefix=settings.REDIS_KEY_PREFIX, keys=names)
    except RedisError:
        return None
    return [Cooldown(names[key], health.cause, health.rests_for) for key, health in found.items() if health.rests_for]
