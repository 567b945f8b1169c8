"""The models a person can pick from, as the picker shows them."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from playground.catalog.access import models_for
from playground.catalog.models import Model
from playground.chat.models import Conversation

# Micro-units for a million tokens of answer: below the first is $, below the second $$.
PRICE_STEPS = (2_000_000, 10_000_000)


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of the picker; one that cannot be picked says why."""

    model: Model
    price_level: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Picker:
    choices: list[Choice]
    picked: Model | None


def picker_for(user: User, *, conversation: Conversation | None = None) -> Picker:
    """What `user` may pick, with the model of this conversation, or of her last one, picked already."""
    models = list(models_for(user).prefetch_related("deployments__prices"))
    choices = [Choice(model, _price_level(model)) for model in models]
    last = conversation.model if conversation else _last_model(user)
    if last and last not in models and conversation:
        choices.append(Choice(last, _price_level(last), _("You cannot use this model any more.")))
    return Picker(choices, last if last in models else next(iter(models), None))


def _last_model(user: User) -> Model | None:
    kept = Conversation.objects.filter(user=user, deleted_at=None)
    latest = kept.select_related("model").order_by("-updated_at").first()
    return latest.model if latest else None


def _price_level(model: Model) -> str:
    """$ to $$$, by what the dearest place that serves it asks for an answer now."""
    now = timezone.now()
    current = [
        next((price.output for price in deployment.prices.all() if price.effective_from <= now), 0)
        for deployment in model.deployments.all()
        if deployment.is_active
    ]
    return "$" * (1 + sum(max(current, default=0) >= step for step in PRICE_STEPS))
