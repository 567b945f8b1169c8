"""The providers that the environment names: OPENAI_API_KEY and its kin, and the demo provider."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from playground.catalog.models import Provider
from playground.catalog.providers import offer_models, save_provider
from playground.catalog.routes import target_for
from playground.gateway.discovery import list_models
from playground.gateway.errors import GatewayError


@dataclass(frozen=True, slots=True)
class Named:
    """A provider as the environment names it. `models` None: ask it."""

    slug: str
    name: str
    kind: str
    base_url: str
    credential: str
    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of one: how many of its models can be picked, how many wait for a price, or why it failed."""

    name: str
    offered: int = 0
    without_price: int = 0
    problem: str = ""


def named_providers() -> Iterator[Named]:
    if url := settings.DEMO_PROVIDER_URL:
        yield Named("demo", "Demo", "openai_compatible", f"{url}/v1", "demo", ("demo-quick", "demo-embedding"))
        yield Named("demo-messages", "Demo (Messages)", "anthropic", url, "demo", ("demo-careful",))
        yield Named("demo-responses", "Demo (Responses)", "openai", f"{url}/v1", "demo", ("demo-reasoner",))
    if key := settings.OPENAI_API_KEY:
        # Only OpenAI itself is sure to know the Responses API; whatever else is named there speaks chat completions.
        kind = "openai_compatible" if settings.OPENAI_BASE_URL else "openai"
        yield Named("openai", "OpenAI", kind, settings.OPENAI_BASE_URL, key)
    if key := settings.ANTHROPIC_API_KEY:
        yield Named("anthropic", "Anthropic", "anthropic", settings.ANTHROPIC_BASE_URL, key)


def sync_providers() -> list[Synced]:
    """Bring the catalogue in line with the environment; providers that it no longer names are switched off.

    One that cannot be reached keeps the models it had.
    """
    named = list(named_providers())
    known = ["demo", "demo-messages", "demo-responses", "openai", "anthropic"]
    gone = [slug for slug in known if slug not in {one.slug for one in named}]
    Provider.objects.filter(slug__in=gone).update(is_active=False)
    return [_sync(one) for one in named]


def _sync(named: Named) -> Synced:
    provider = save_provider(
        slug=named.slug, name=named.name, kind=named.kind, base_url=named.base_url, credential=named.credential
    )
    try:
        names = named.models or list_models(target_for(provider, name="", credential=named.credential))
    except GatewayError as error:
        return Synced(named.name, problem=error.sentence.format(model=named.name))
    deployments = offer_models(provider, names)
    offered = sum(deployment.prices.exists() for deployment in deployments)
    return Synced(named.name, offered=offered, without_price=len(deployments) - offered)
