"""From a model to the places that serve it, and to those that may answer instead."""

from collections import defaultdict
from dataclasses import replace
from typing import cast

from django.utils.translation import gettext as _

from playground.catalog.access import served_deployments
from playground.catalog.credentials import decrypt
from playground.catalog.errors import ModelUnavailable
from playground.catalog.models import Deployment, Fallback, Model
from playground.gateway.types import Cause, Route, Routing, Target

# The places of one fallback model come before those of the next, whatever their own priorities.
NEXT_MODEL = 1000


def route_for(model: Model) -> Route:
    """Its deployments that can be asked, and its fallbacks by cause. Raises ModelUnavailable."""
    fallbacks = list(
        Fallback.objects.filter(model=model).order_by("cause", "position", "pk").values_list("cause", "to_model")
    )
    deployments = served_deployments().filter(model__in={model.pk, *(pk for _cause, pk in fallbacks)})
    served: defaultdict[int, list[Target]] = defaultdict(list)
    for deployment in deployments.select_related("provider", "model"):
        served[deployment.model_id].append(_target(deployment))
    if not served[model.pk]:
        raise ModelUnavailable(_("%(model)s is not served by any provider right now.") % {"model": model.name})
    by_cause: defaultdict[Cause, tuple[Target, ...]] = defaultdict(tuple)
    for place, (cause, pk) in enumerate(fallbacks):
        behind = [replace(target, priority=target.priority + place * NEXT_MODEL) for target in served[pk]]
        by_cause[cast(Cause, cause)] += tuple(behind)
    return Route(tuple(served[model.pk]), cast(Routing, model.routing), f"model:{model.pk}", dict(by_cause))


def _target(deployment: Deployment) -> Target:
    provider = deployment.provider
    return Target(
        key=str(deployment.pk),
        label=f"{deployment.name} at {provider.name}",
        kind=provider.kind,
        model=deployment.name,
        base_url=provider.base_url,
        credential=decrypt(provider.credential),
        provider=provider.slug,
        options=provider.options,
        region=provider.region,
        data_use=provider.data_use,
        priority=deployment.priority,
        weight=deployment.weight,
        requests_per_minute=deployment.requests_per_minute,
        tokens_per_minute=deployment.tokens_per_minute,
        max_parallel=deployment.max_parallel,
        max_output_tokens=deployment.model.max_output_tokens,
    )
