"""Verbs on providers: add one, and offer what it serves."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now
from django.utils.text import slugify

from playground.catalog.credentials import encrypt
from playground.catalog.models import Deployment, Model, Price, Provider
from playground.catalog.starters import Starter, starter_for

# Names of what a provider lists beside chat models.
NOT_FOR_CHAT = ("embed", "tts", "whisper", "transcribe", "dall-e", "image", "audio", "realtime", "moderation", "sora")


@transaction.atomic
def save_provider(*, slug: str, name: str, kind: str, base_url: str, credential: str) -> Provider:
    """The provider of that slug, made or brought up to date."""
    provider, _ = Provider.objects.update_or_create(
        slug=slug,
        defaults={
            "name": name,
            "kind": kind,
            "base_url": base_url,
            "credential": encrypt(credential),
            "is_active": True,
        },
    )
    return provider


@transaction.atomic
def offer_models(provider: Provider, names: Iterable[str]) -> list[Deployment]:
    """A deployment for each of the provider's model names, with the starter price where one is known.

    One without a price is offered to nobody until an admin sets it. What the provider no longer lists is switched off.
    """
    chat = [name for name in names if not any(word in name.lower() for word in NOT_FOR_CHAT)]
    provider.deployments.exclude(name__in=chat).update(is_active=False)
    return [_offer(provider, name) for name in chat]


def _shown(starter: Starter) -> dict[str, str | int]:
    return {
        "name": starter.name,
        "description": starter.description,
        "position": starter.position,
        "context_tokens": starter.context_tokens,
        "max_output_tokens": starter.max_output_tokens,
    }


def _offer(provider: Provider, name: str) -> Deployment:
    starter = starter_for(name)
    model, _ = Model.objects.get_or_create(
        slug=slugify(name.replace(".", "-").replace("/", "-"))[:100],
        defaults=_shown(starter) if starter else {"name": name},
    )
    deployment, _ = Deployment.objects.update_or_create(
        model=model, provider=provider, name=name, defaults={"is_active": True}
    )
    if starter and not deployment.prices.exists():
        Price.objects.create(
            deployment=deployment,
            effective_from=Now(),
            input=starter.input,
            cached_input=starter.cached_input,
            output=starter.output,
        )
    return deployment
