"""Verbs on models: how one is shown, to whom, who serves it and how much, and who answers in its place."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import Department, User
from playground.catalog.models import DepartmentDefault, Deployment, Fallback, Model

# What an admin sets on a model's page, departments aside.
SHOWN = (
    "name", "description", "position", "audience", "roles", "context_tokens", "max_output_tokens", "reads_images",
    "writes_json", "calls_functions", "routing", "new_until", "retires_on", "replacement",
)  # fmt: skip
# What an admin sets of a deployment.
SERVED = (
    "priority", "weight", "requests_per_minute", "tokens_per_minute", "max_parallel", "first_byte_seconds",
    "idle_seconds", "total_seconds", "is_active",
)  # fmt: skip


@transaction.atomic
def change_model(model: Model, *, actor: User, departments: Collection[Department], **shown: Any) -> Model:
    """Set the fields in SHOWN that are given, and the departments that may pick it."""
    before = _snapshot(model)
    changed = [name for name in SHOWN if name in shown]
    for name in changed:
        setattr(model, name, shown[name])
    model.save(update_fields=changed)
    model.departments.set(departments)
    record(actor, "model.changed", model, before=before, after=_snapshot(model))
    return model


def _snapshot(model: Model) -> dict[str, Any]:
    """As it stands in the database."""
    stored = Model.objects.values(*SHOWN).get(pk=model.pk)
    dates = {name: day and day.isoformat() for name in ("new_until", "retires_on") for day in [stored[name]]}
    return {**stored, **dates, "departments": sorted(model.departments.values_list("name", flat=True))}


@transaction.atomic
def change_deployment(deployment: Deployment, *, actor: User, **served: Any) -> Deployment:
    """Set the fields in SERVED: all of them, and at once for the next question."""
    before = Deployment.objects.values(*SERVED).get(pk=deployment.pk)
    Deployment.objects.filter(pk=deployment.pk).update(**{name: served[name] for name in SERVED})
    record(actor, "deployment.changed", deployment, before=before, after={name: served[name] for name in SERVED})
    return deployment


@transaction.atomic
def set_fallbacks(model: Model, chains: Mapping[str, Iterable[Model]], *, actor: User) -> None:
    """Who answers instead, for each cause in order. A cause that is not named has nobody."""
    Model.objects.select_for_update().get(pk=model.pk)
    before = _chains(model)
    model.fallbacks.all().delete()
    Fallback.objects.bulk_create(
        Fallback(model=model, cause=cause, position=position, to_model=other)
        for cause, others in chains.items()
        for position, other in enumerate(dict.fromkeys(others), start=1)
    )
    record(actor, "model.fallbacks_set", model, before=before, after=_chains(model))


def _chains(model: Model) -> dict[str, list[str]]:
    chains: dict[str, list[str]] = {}
    for cause, slug in model.fallbacks.values_list("cause", "to_model__slug"):
        chains.setdefault(cause, []).append(slug)
    return chains


@transaction.atomic
def set_department_defaults(chosen: Mapping[Department, Model | None], *, actor: User) -> int:
    """The model that is picked already for each department's people; None: no choice. Says how many changed."""
    known = {
        default.department_id: default.model
        for default in DepartmentDefault.objects.select_for_update(of=("self",)).select_related("model")
    }
    changed = 0
    for department, model in chosen.items():
        before = known.get(department.pk)
        if before == model:
            continue
        if model is None:
            DepartmentDefault.objects.filter(department=department).delete()
        else:
            DepartmentDefault.objects.update_or_create(department=department, defaults={"model": model})
        changed += 1
        record(
            actor,
            "department.default_model_set",
            department,
            before={"model": before and before.slug},
            after={"model": model and model.slug},
        )
    return changed
