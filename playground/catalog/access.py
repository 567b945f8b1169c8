"""Who may use which model."""

from django.db.models import QuerySet

from accounts.models import User
from playground.catalog.models import Model


def models_for(user: User) -> QuerySet[Model]:
    """The models that `user` may pick: hers by audience, served by an active deployment that has a price."""
    raise NotImplementedError
