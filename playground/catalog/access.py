"""Who may use which model."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from playground.catalog.models import Audience, Deployment, Fallback, Model, Price


def served_deployments() -> QuerySet[Deployment]:
    """The deployments that can be asked: active, at an active provider, with a price in force."""
    priced = Exists(Price.objects.filter(deployment=OuterRef("pk"), effective_from__lte=Now()))
    return Deployment.objects.filter(priced, is_active=True, provider__is_active=True)


def models_for(user: User) -> QuerySet[Model]:
    """The models that `user` may pick: hers by audience, served by a deployment that has a price."""
    hers = Q(audience=Audience.EVERYONE) | Q(
        audience=Audience.DEPARTMENTS,
        pk__in=Model.departments.through.objects.filter(department__memberships__user=user).values("model"),
    )
    return Model.objects.filter(hers, Exists(served_deployments().filter(model=OuterRef("pk"))))


def fallbacks_for(user: User, model: Model) -> QuerySet[Model]:
    """The models that may answer `user` instead of `model`, for whatever cause."""
    return models_for(user).filter(pk__in=Fallback.objects.filter(model=model).values("to_model")).order_by()
