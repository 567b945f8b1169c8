"""Models with a provider and a price, for every test that needs one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from playground.catalog.models import Deployment, Model, Price, Provider
from playground.catalog.providers import save_provider

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# Micro-units per million tokens: $1 in, $0.10 cached, $4 out.
INPUT, CACHED, OUTPUT = 1_000_000, 100_000, 4_000_000


@pytest.fixture
def make_deployment(db: None) -> Callable[..., Deployment]:
    def make(
        model: Model,
        *,
        name: str = "demo-quick",
        kind: str = "openai_compatible",
        base_url: str = "",
        priority: int = 1,
    ) -> Deployment:
        provider = Provider.objects.filter(kind=kind, base_url=base_url).first() or save_provider(
            slug=f"provider-{Provider.objects.count()}", name="Fake", kind=kind, base_url=base_url, credential="secret"
        )
        deployment = Deployment.objects.create(model=model, provider=provider, name=name, priority=priority)
        Price.objects.create(
            deployment=deployment, effective_from=LONG_AGO, input=INPUT, cached_input=CACHED, output=OUTPUT
        )
        return deployment

    return make


@pytest.fixture
def make_model(make_deployment: Callable[..., Deployment]) -> Callable[..., Model]:
    """A model that everyone may pick, served at `base_url` under `name`; `is_able` to see and to call functions."""

    def make(
        slug: str = "quick",
        *,
        max_output_tokens: int = 500,
        is_able: bool = True,
        is_embedding: bool = False,
        **deployment: object,
    ) -> Model:
        model = Model.objects.create(
            slug=slug,
            name=slug.capitalize(),
            max_output_tokens=max_output_tokens,
            kind="embedding" if is_embedding else "chat",
            reads_images=is_able,
            calls_functions=is_able,
        )
        make_deployment(model, **deployment)
        return model

    return make


@pytest.fixture
def model(make_model: Callable[..., Model]) -> Model:
    return make_model()
