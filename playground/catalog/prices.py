"""Prices are written once, dated, and never changed: a new one takes over on its day."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from accounts.audit import record
from accounts.models import User
from playground.catalog.models import Deployment, Price


@transaction.atomic
def set_price(
    deployment: Deployment,
    *,
    input: int,  # noqa: A002 - the field's word
    cached_input: int,
    output: int,
    actor: User,
    effective_from: datetime | None = None,
) -> Price:
    """Micro-units per million tokens, from now on or from `effective_from`. Runs already admitted keep their price."""
    price = Price.objects.create(
        deployment=deployment,
        effective_from=effective_from or Now(),
        input=input,
        cached_input=cached_input,
        output=output,
    )
    after = {"input": input, "cached_input": cached_input, "output": output}
    record(actor=actor, action="price.set", target=deployment, before={}, after=after)
    return price
