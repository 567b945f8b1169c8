"""From a model to the places that serve it."""

from playground.catalog.models import Model
from playground.gateway.types import Route


def route_for(model: Model) -> Route:
    """Its active deployments that have a price, the lowest priority first. Raises ModelUnavailable."""
    raise NotImplementedError
