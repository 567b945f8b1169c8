"""The models a person can pick from, as the picker shows them."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from playground.catalog.access import default_model_for, is_retired, model_for, models_for
from playground.catalog.badges import Badge, badges_for
from playground.catalog.models import Model
from playground.chat.models import Conversation

# Micro-units for a million tokens of answer: below the first is $, below the second $$.
PRICE_STEPS = (2_000_000, 10_000_000)


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of the picker; one that cannot be picked says why."""

    model: Model
    price_level: str
    badges: list[Badge]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Picker:
    """`moved` says that the conversation's model is retired, and who answers now."""

    choices: list[Choice]
    picked: Model | None
    moved: str = ""


def picker_for(user: User, *, conversation: Conversation | None = None) -> Picker:
    """What `user` may pick, with the model of this conversation, or of her last one, picked already."""
    models = list(models_for(user).prefetch_related("deployments__prices"))
    choices = [Choice(model, _price_level(model), badges_for(model)) for model in models]
    last = conversation.model if conversation else _last_model(user)
    now = model_for(user, last) or (None if conversation else default_model_for(user))
    if last and last not in models and conversation:
        choices.append(Choice(last, _price_level(last), badges_for(last), _why_not(last)))
    picked = now or next(iter(models), None)
    return Picker(choices, picked, moved=_moved(last, picked) if conversation and last else "")


def _why_not(model: Model) -> str:
    return _("This model is retired.") if is_retired(model) else _("You cannot use this model any more.")


def _moved(last: Model, picked: Model | None) -> str:
    if picked is None or last == picked or not is_retired(last):
        return ""
    return _("%(old)s is retired. %(new)s answers from now on.") % {"old": last.name, "new": picked.name}


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
