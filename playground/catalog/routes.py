"""From a model to the places that serve it."""

import time
from dataclasses import replace

from django.utils.translation import gettext as _

from playground.catalog.access import served_deployments
from playground.catalog.credentials import secret_of
from playground.catalog.errors import ModelUnavailable
from playground.catalog.models import Deployment, Model, Provider
from playground.gateway.types import Route, Target

# A worker starts dozens of runs of one model a second, and to read and decrypt a route each time would cost 2 ms of
# each. What an admin changes applies after so long.
SECONDS_KEPT = 2.0
_kept: dict[int, tuple[float, Route]] = {}


def recent_route(model_id: int) -> Route:
    """As `route_for`, and two seconds old at worst."""
    kept = _kept.get(model_id)
    if kept is None or time.monotonic() - kept[0] > SECONDS_KEPT:
        kept = _kept[model_id] = time.monotonic(), route_for(Model.objects.get(pk=model_id))
    return kept[1]


def route_for(model: Model) -> Route:
    """Its deployments that can be asked, the lowest priority number first. Raises ModelUnavailable."""
    deployments = served_deployments().filter(model=model).select_related("provider")
    if not deployments:
        raise ModelUnavailable(_("%(model)s is not served by any provider right now.") % {"model": model.name})
    return Route(targets=tuple(_target(deployment) for deployment in deployments))


def _target(deployment: Deployment) -> Target:
    provider = deployment.provider
    return replace(
        target_for(provider, name=deployment.name, credential=secret_of(provider)),
        key=str(deployment.pk),
        priority=deployment.priority,
        weight=deployment.weight,
        requests_per_minute=deployment.requests_per_minute,
        tokens_per_minute=deployment.tokens_per_minute,
        max_parallel=deployment.max_parallel,
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
