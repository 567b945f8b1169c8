"""Verbs on models: how one is shown, and to whom."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import Department, User
from playground.catalog.models import Model

SHOWN = ("name", "description", "position", "max_output_tokens", "audience")


@transaction.atomic
def change_model(model: Model, *, actor: User, departments: Collection[Department], **shown: Any) -> Model:
    """Set what people see of a model (the fields in SHOWN), and who may pick it."""
    before = _snapshot(model)
    for name in SHOWN:
        setattr(model, name, shown[name])
    model.save(update_fields=SHOWN)
    model.departments.set(departments)
    record(actor=actor, action="model.changed", target=model, before=before, after=_snapshot(model))
    return model


def _snapshot(model: Model) -> dict[str, Any]:
    """As it stands in the database."""
    stored = Model.objects.values(*SHOWN).get(pk=model.pk)
    return {**stored, "departments": sorted(model.departments.values_list("name", flat=True))}
