"""Prices are written once, dated, and never changed: a new one takes over on its day."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from playground.catalog.errors import PriceWritten
from playground.catalog.models import Deployment, Price

# The parts of a price, in the order in which people read them.
PARTS = ("input", "cached_input", "cache_write", "output", "reasoning", "image")


def set_price(
    deployment: Deployment,
    *,
    input: int,  # noqa: A002 - the field's word
    output: int,
    cached_input: int | None = None,
    cache_write: int | None = None,
    reasoning: int | None = None,
    image: int = 0,
    actor: User,
    effective_from: datetime | None = None,
) -> Price:
    """Micro-units per million tokens, and per image, from now on or from `effective_from`.

    What is None costs as its whole: cached input and cache writes as input, reasoning as output. Runs already admitted
    keep their price. Raises PriceWritten where there is a price from that very moment.
    """
    parts = {
        "input": input,
        "cached_input": input if cached_input is None else cached_input,
        "cache_write": cache_write,
        "output": output,
        "reasoning": reasoning,
        "image": image,
    }
    try:
        with transaction.atomic():
            price = Price.objects.create(deployment=deployment, effective_from=effective_from or Now(), **parts)
            since = effective_from.isoformat() if effective_from else "now"
            record(actor, "price.set", deployment, after={**parts, "effective_from": since})
    except IntegrityError:
        raise PriceWritten(
            _("A price from that moment is already written, and prices never change. Choose another moment.")
        ) from None
    return price
