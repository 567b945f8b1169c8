"""From a model to the places that serve it, and to those that may answer instead."""

import time
from collections import defaultdict
from dataclasses import replace
from typing import cast

from django.utils.translation import gettext as _

from playground.catalog.access import served_deployments
from playground.catalog.errors import ModelUnavailable
from playground.catalog.models import Deployment, Fallback, Model, Provider
from playground.catalog.unreadable import readable_secret
from playground.gateway.types import Cause, Route, Routing, Target

# A worker starts dozens of runs of one model a second, and would read and decrypt the same route for each. What an
# admin changes applies after so long.
SECONDS_KEPT = 2.0
# The places of one fallback model come before those of the next, whatever their own priorities.
NEXT_MODEL = 1000
_kept: dict[int, tuple[float, Route]] = {}


def recent_route(model_id: int) -> Route:
    """As `route_for`, and two seconds old at worst."""
    kept = _kept.get(model_id)
    if kept is None or time.monotonic() - kept[0] > SECONDS_KEPT:
        kept = _kept[model_id] = time.monotonic(), route_for(Model.objects.get(pk=model_id))
    return kept[1]


def route_for(model: Model) -> Route:
    """Its deployments that can be asked, and its fallbacks by cause. Raises ModelUnavailable."""
    fallbacks = list(Fallback.objects.filter(model=model).values_list("cause", "to_model"))
    served = _served(model, also={pk for _cause, pk in fallbacks})
    if not served[model.pk]:
        raise ModelUnavailable(_("%(model)s is not served by any provider right now.") % {"model": model.name})
    by_cause: defaultdict[Cause, tuple[Target, ...]] = defaultdict(tuple)
    for place, (cause, pk) in enumerate(fallbacks):
        behind = [replace(target, priority=target.priority + place * NEXT_MODEL) for target in served[pk]]
        by_cause[cast(Cause, cause)] += tuple(behind)
    return Route(tuple(served[model.pk]), cast(Routing, model.routing), f"model:{model.pk}", dict(by_cause))


def kinds_in_use() -> set[str]:
    """Of the providers that may be asked."""
    return set(
        Deployment.objects.filter(is_active=True, provider__is_active=True).values_list("provider__kind", flat=True)
    )


def _served(model: Model, *, also: set[int]) -> defaultdict[int, list[Target]]:
    """The targets by model, without those whose key cannot be read."""
    served: defaultdict[int, list[Target]] = defaultdict(list)
    for deployment in served_deployments().filter(model__in={model.pk, *also}).select_related("provider", "model"):
        secret = readable_secret(deployment.provider)
        if secret is not None:
            served[deployment.model_id].append(_target(deployment, secret))
    return served


def _target(deployment: Deployment, secret: str) -> Target:
    return replace(
        target_for(deployment.provider, name=deployment.name, credential=secret),
        key=str(deployment.pk),
        priority=deployment.priority,
        weight=deployment.weight,
        requests_per_minute=deployment.requests_per_minute,
        tokens_per_minute=deployment.tokens_per_minute,
        max_parallel=deployment.max_parallel,
        max_output_tokens=deployment.model.max_output_tokens,
        first_byte=deployment.first_byte_seconds,
        idle=deployment.idle_seconds,
        total=deployment.total_seconds,
    )


def target_for(provider: Provider, *, name: str, credential: str) -> Target:
    """The provider as the gateway sees it, asked for its model `name`."""
    return Target(
        key="",
        label=f"{name} at {provider.name}",
        kind=provider.kind,
        model=name,
        base_url=provider.base_url,
        credential=credential,
        provider=provider.slug,
        options=provider.options,
        region=provider.region,
        data_use=provider.data_use,
    )
