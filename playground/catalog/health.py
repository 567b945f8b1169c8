"""How the places that serve do right now, in words. What the gateway keeps about them is all that is asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from redis import RedisError

from playground.catalog.connection import REASONS, UNREADABLE
from playground.catalog.models import Deployment
from playground.catalog.unreadable import unreadable
from playground.gateway.health import Health, report


@dataclass(frozen=True, slots=True)
class State:
    """`level` is success, warning or danger; `word` stands in the badge, `sentence` beside it."""

    level: str
    word: str
    sentence: str = ""


def states(deployments: Iterable[Deployment]) -> dict[int, State]:
    """By deployment id; without those of which nobody can say. An unreadable key is said whatever else is so."""
    deployments = list(deployments)
    keys = {str(deployment.pk): deployment.pk for deployment in deployments}
    try:
        found = report(settings.STREAM_REDIS_URL, prefix=settings.REDIS_KEY_PREFIX, keys=keys)
    except RedisError:
        found = {}
    lost = unreadable(deployment.provider for deployment in deployments)
    without_key = State("danger", _("needs you"), str(UNREADABLE))
    return {keys[key]: _state(health) for key, health in found.items()} | {
        deployment.pk: without_key for deployment in deployments if deployment.provider_id in lost
    }


def _state(health: Health) -> State:
    if health.needs_an_admin:
        return State("danger", _("needs you"), str(REASONS[health.cause]))
    if health.cause and health.rests_for > 0:
        reason = str(REASONS.get(health.cause, "")) % {"detail": ""}
        return State("warning", _("rests for %(seconds)s s") % {"seconds": round(health.rests_for)}, reason)
    if health.cause:
        return State("warning", _("is tried again"))
    if health.answered:
        first = f"{health.first_token:.1f}" if health.first_token is not None else "?"
        return State("success", _("answers"), _("First word after %(seconds)s s.") % {"seconds": first})
    return State("success", _("ready"))
