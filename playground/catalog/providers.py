"""Verbs on providers: add one, change it, switch it, and offer what it serves."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from playground.catalog.credentials import encrypt
from playground.catalog.errors import ProviderNamed
from playground.catalog.models import DataUse, Deployment, Model, ModelKind, Price, Provider
from playground.catalog.starters import Starter, starter_for
from playground.catalog.unreadable import forget

# Names of what a provider lists beside models that answer, and beside those that make vectors.
NOT_OFFERED = ("tts", "whisper", "transcribe", "dall-e", "image", "audio", "realtime", "moderation", "sora")

# What an admin sets on a provider's page, the key aside.
SET = (
    "name", "kind", "base_url", "credential_variable", "options", "region", "data_use", "data_use_note", "is_active"
)  # fmt: skip


@transaction.atomic
def save_provider(*, slug: str, name: str, kind: str, base_url: str, credential: str) -> Provider:
    """The provider of that slug, made or brought up to date, as the environment names it."""
    provider, _made = Provider.objects.update_or_create(
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


def add_provider(*, actor: User, credential: str = "", **values: Any) -> Provider:
    """A new provider with the values in SET. Its slug is made of its name and stays. Raises ProviderNamed."""
    slug = slugify(values["name"])[:50] or "provider"
    provider = Provider(slug=slug, credential=encrypt(credential), **values)
    try:
        with transaction.atomic():
            provider.save(force_insert=True)
            record(actor, "provider.added", provider, after=_snapshot(provider))
    except IntegrityError:
        raise ProviderNamed(_("There is a provider of that name already.")) from None
    return provider


@transaction.atomic
def change_provider(provider: Provider, *, actor: User, credential: str = "", **values: Any) -> Provider:
    """Set the values in SET; an empty `credential` leaves the key as it is.

    At another address its contract may be another: unless the label is set in the same breath, it becomes unknown.
    """
    before = Provider.objects.select_for_update().get(pk=provider.pk)
    changed = {name: values[name] for name in SET if name in values}
    is_moved = changed.get("base_url", before.base_url) != before.base_url
    if is_moved and changed.get("data_use", before.data_use) == before.data_use:
        changed |= {"data_use": DataUse.UNKNOWN, "data_use_note": ""}
    if changed.get("credential_variable"):
        changed["credential"] = ""
    elif credential:
        changed["credential"] = encrypt(credential)
    for name, value in changed.items():
        setattr(provider, name, value)
    provider.save(update_fields=changed)
    if credential or "credential_variable" in changed:
        transaction.on_commit(partial(forget, provider))
    after = _snapshot(provider) | ({"key": "changed"} if credential else {})
    record(actor, "provider.changed", provider, before=_snapshot(before), after=after)
    return provider


def _snapshot(provider: Provider) -> dict[str, Any]:
    """For the audit log, which never sees a key."""
    return {name: getattr(provider, name) for name in SET}


@transaction.atomic
def offer_models(provider: Provider, names: Iterable[str]) -> list[Deployment]:
    """A deployment for each of the provider's model names, with the starter price where one is known.

    One without a price is offered to nobody until an admin sets it. What the provider no longer lists is switched off.
    """
    offered = offerable(names)
    provider.deployments.exclude(name__in=offered).update(is_active=False)
    return [_offer(provider, name) for name in offered]


@transaction.atomic
def add_deployments(provider: Provider, names: Iterable[str], *, actor: User) -> list[Deployment]:
    """As `offer_models`, for these names alone; whatever else it serves stays as it is."""
    added = [_offer(provider, name) for name in dict.fromkeys(names)]
    record(actor, "provider.models_added", provider, after={"models": [deployment.name for deployment in added]})
    return added


def offerable(names: Iterable[str]) -> list[str]:
    return [name for name in names if not any(word in name.lower() for word in NOT_OFFERED)]


def _shown(starter: Starter) -> Mapping[str, Any]:
    return {
        "name": starter.name,
        "description": starter.description,
        "position": starter.position,
        "context_tokens": starter.context_tokens,
        "max_output_tokens": starter.max_output_tokens,
        "kind": starter.kind,
        "reads_images": starter.reads_images,
        "writes_json": starter.writes_json,
        "calls_functions": starter.calls_functions,
    }


def _unknown(name: str) -> Mapping[str, Any]:
    return {"name": name[:100], "kind": ModelKind.EMBEDDING if "embed" in name.lower() else ModelKind.CHAT}


def _offer(provider: Provider, name: str) -> Deployment:
    starter = starter_for(name)
    model, _made = Model.objects.get_or_create(
        slug=slugify(name.replace(".", "-").replace("/", "-"))[:100] or "model",
        defaults=_shown(starter) if starter else _unknown(name),
    )
    deployment, _made = Deployment.objects.update_or_create(
        model=model, provider=provider, name=name, defaults={"is_active": True}
    )
    if starter and not deployment.prices.exists():
        Price.objects.create(deployment=deployment, effective_from=Now(), **starter.prices)
    return deployment
