"""What a model can do, and the refusal for what it cannot: nothing is paid to learn it from the provider."""

from django.utils.translation import gettext as _

from playground.catalog.models import Model, ModelKind
from playground.gateway.types import EmbeddingRequest
from playground.runs.errors import ModelCannot
from playground.runs.requests import Request


def check_ability(model: Model, request: Request) -> None:
    """Raises ModelCannot."""
    name = {"model": model.name}
    if isinstance(request, EmbeddingRequest):
        if model.kind != ModelKind.EMBEDDING:
            raise ModelCannot(_("%(model)s makes no embeddings. Pick a model of that kind.") % name)
        return
    if model.kind == ModelKind.EMBEDDING:
        raise ModelCannot(_("%(model)s only makes embeddings. Pick a model that answers.") % name)
    if request.images and not model.reads_images:
        raise ModelCannot(_("%(model)s cannot read images. Pick a model that can.") % name)
    if request.tools and not model.calls_functions:
        raise ModelCannot(_("%(model)s cannot call functions. Pick a model that can.") % name)
