"""Who may use which model."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.departments import primary_department
from accounts.models import Role, User
from accounts.roles import is_admin
from playground.catalog.models import Audience, DepartmentDefault, Deployment, Fallback, Model, ModelKind, Price
from playground.database.compiled import Compiled


def served_deployments() -> QuerySet[Deployment]:
    """The deployments that can be asked: active, at an active provider, with a price in force."""
    priced = Exists(Price.objects.filter(deployment=OuterRef("pk"), effective_from__lte=Now()))
    return Deployment.objects.filter(priced, is_active=True, provider__is_active=True)


def today() -> date:
    """In the company's time zone: the day on which a model retires begins there."""
    return timezone.localdate(timezone=ZoneInfo(settings.COMPANY_TIME_ZONE))


def models_for(user: User, *, kind: str | None = ModelKind.CHAT) -> QuerySet[Model]:
    """The models that `user` may pick: hers by audience, not retired, served by a deployment that has a price."""
    models = _usable(user.pk, _role(user), today())
    return models.filter(kind=kind) if kind else models


def _usable(user: Any, role: Any, day: Any) -> QuerySet[Model]:
    hers = (
        Q(audience=Audience.EVERYONE)
        | Q(audience=Audience.ROLES, roles__contains=[role])
        | Q(
            audience=Audience.DEPARTMENTS,
            pk__in=Model.departments.through.objects.filter(department__memberships__user=user).values("model"),
        )
    )
    kept = Q(retires_on=None) | Q(retires_on__gt=day)
    return Model.objects.filter(hers, kept, Exists(served_deployments().filter(model=OuterRef("pk"))))


# Asked for every question.
_named = Compiled(lambda slug: Model.objects.filter(slug=slug))
_if_usable = Compiled(lambda pk, user, role, day: _usable(user, role, day).filter(pk=pk))


def _role(user: User) -> str:
    return Role.ADMIN if is_admin(user) else user.role


def current(model: Model) -> Model | None:
    """The model itself, or once it is retired whoever stands in its place; None when nobody does."""
    seen: set[int] = set()
    now: Model | None = model
    while now is not None and is_retired(now):
        if now.pk in seen:
            return None
        seen.add(now.pk)
        now = now.replacement
    return now


def is_retired(model: Model) -> bool:
    return model.retires_on is not None and model.retires_on <= today()


def model_for(user: User, model: Model | None, *, kind: str | None = ModelKind.CHAT) -> Model | None:
    """What answers `user` who asks for `model`: it, or its replacement where it is retired; None if she may not."""
    now = model and current(model)
    if now is None or (kind and now.kind != kind):
        return None
    return next(iter(_if_usable(now.pk, user.pk, _role(user), today())), None)


def model_named(user: User, slug: str) -> Model | None:
    """The same for whoever names it, of whatever kind it is."""
    return model_for(user, next(iter(_named(slug)), None), kind=None)


def default_model_for(user: User) -> Model | None:
    """The model that her department has chosen, if she may use it."""
    department = primary_department(user)
    chosen = DepartmentDefault.objects.filter(department=department).select_related("model").first()
    return model_for(user, chosen.model) if chosen else None


def fallbacks_for(user: User, model: Model) -> QuerySet[Model]:
    """The models that may answer `user` instead of `model`, for whatever cause."""
    behind = Fallback.objects.filter(model=model).values("to_model")
    return models_for(user, kind=model.kind).filter(pk__in=behind).order_by()
