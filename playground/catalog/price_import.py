"""What a price list would change, and the change itself. The same list twice changes nothing the second time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from playground.catalog.models import Deployment, Price
from playground.catalog.price_list import Line
from playground.catalog.prices import PARTS, set_price
from playground.catalog.pricing import parts as parts_of


class Verdict(StrEnum):
    NEW = "new"  # the first price of this deployment
    CHANGED = "changed"
    SAME = "same"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Change:
    """What one line does to one deployment. `before` is the price that it takes over from."""

    line: Line
    verdict: Verdict
    deployment: Deployment | None = None
    before: Mapping[str, int] | None = None
    after: Mapping[str, int] | None = None
    problem: str = ""


def preview(lines: Iterable[Line]) -> list[Change]:
    """What each line would do now. A model that several places serve makes a change for each, unless one is named."""
    deployments = list(
        Deployment.objects.select_related("provider", "model").prefetch_related("prices").order_by("provider__name")
    )
    now = timezone.now()
    changes = [change for line in lines for change in _changes(line, deployments, now)]
    return _without_doubles(changes)


def _changes(line: Line, deployments: list[Deployment], now: datetime) -> list[Change]:
    if line.problem or line.parts is None:
        return [Change(line, Verdict.BAD, problem=line.problem)]
    meant = [
        one
        for one in deployments
        if line.model in {one.name, one.model.slug}
        and line.provider.lower() in {"", one.provider.slug, one.provider.name.lower()}
    ]
    if not meant:
        return [Change(line, Verdict.BAD, problem=_("No provider here serves a model of that name."))]
    return [_change(line, one, now) for one in meant]


def _change(line: Line, deployment: Deployment, now: datetime) -> Change:
    assert line.parts is not None  # noqa: S101 - _changes has looked
    since = line.effective_from or now
    written = list(deployment.prices.all())  # the newest first
    after = whole(line.parts)
    in_force = next((price for price in written if price.effective_from <= since), None)
    before = parts_of(in_force) if in_force else None
    change = Change(line, Verdict.NEW, deployment, before, after)
    if before is not None and all(before[name] == after[name] for name in PARTS):
        return replace(change, verdict=Verdict.SAME)
    if any(price.effective_from >= since for price in written):
        problem = _("A price of that day or a later one is already written, and prices never change.")
        return replace(change, verdict=Verdict.BAD, problem=problem)
    return change if before is None else replace(change, verdict=Verdict.CHANGED)


def whole(parts: Mapping[str, int]) -> dict[str, int]:
    """With what a price leaves open: see `set_price`."""
    return {
        "cached_input": parts["input"],
        "cache_write": parts["input"],
        "reasoning": parts["output"],
        "image": 0,
        **parts,
    }


def _without_doubles(changes: list[Change]) -> list[Change]:
    """Two lines for one deployment and moment: the second one is a mistake, whichever is right."""
    seen: dict[tuple[int, datetime | None], int] = {}
    kept = []
    for change in changes:
        key = (change.deployment.pk if change.deployment else 0, change.line.effective_from)
        if change.verdict in {Verdict.NEW, Verdict.CHANGED}:
            if key in seen:
                problem = _("Line %(line)s sets this price already.") % {"line": seen[key]}
                change = replace(change, verdict=Verdict.BAD, problem=problem)  # noqa: PLW2901
            else:
                seen[key] = change.line.number
        kept.append(change)
    return kept


@transaction.atomic
def apply(lines: Iterable[Line], *, actor: User) -> list[Change]:
    """Write what is new or changed, and say what became of each line.

    Of two at once the second waits, looks again, and finds its prices written.
    """
    lines = list(lines)
    names = {line.model for line in lines}
    meant = Deployment.objects.filter(Q(name__in=names) | Q(model__slug__in=names))
    list(meant.order_by("pk").select_for_update(of=("self",)))
    changes = preview(lines)
    for change in changes:
        if change.verdict in {Verdict.NEW, Verdict.CHANGED} and change.deployment and change.line.parts:
            set_price(change.deployment, **change.line.parts, effective_from=change.line.effective_from, actor=actor)
    return changes


def current_list() -> list[Price]:
    """The prices in force now, one for each deployment: what an import would start from."""
    return list(
        Price.objects.filter(effective_from__lte=timezone.now())
        .select_related("deployment__provider", "deployment__model")
        .order_by("deployment_id", "-effective_from", "-id")
        .distinct("deployment_id")
    )
