from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from accounts.models import User
from playground.catalog import routes
from playground.catalog.access import models_for
from playground.catalog.errors import ModelUnavailable
from playground.catalog.models import Deployment, Model, Provider
from playground.catalog.providers import offer_models, save_provider
from playground.catalog.routes import recent_route, route_for


@pytest.fixture
def provider(db: None) -> Provider:
    return save_provider(slug="openai", name="OpenAI", kind="openai", base_url="", credential="sk-secret")


def test_a_known_model_comes_with_its_starter_price(provider: Provider, alice: User) -> None:
    offer_models(provider, ["gpt-4o-mini-2024-07-18"])
    assert [model.name for model in models_for(alice)] == ["GPT-4o mini"]


def test_an_unknown_model_waits_for_a_price(provider: Provider, alice: User) -> None:
    offer_models(provider, ["somebody/new-model"])
    assert Deployment.objects.get().name == "somebody/new-model"
    assert not models_for(alice)


def test_what_is_not_for_chat_is_left_out(provider: Provider) -> None:
    assert offer_models(provider, ["text-embedding-3-small", "whisper-1", "dall-e-3"]) == []


def test_offering_twice_changes_nothing(provider: Provider) -> None:
    offer_models(provider, ["gpt-4o"])
    offer_models(provider, ["gpt-4o"])
    assert Deployment.objects.get().prices.count() == 1


def test_a_model_that_is_no_longer_listed_is_switched_off(provider: Provider, alice: User) -> None:
    offer_models(provider, ["gpt-4o", "gpt-4o-mini"])
    offer_models(provider, ["gpt-4o"])
    assert [model.name for model in models_for(alice)] == ["GPT-4o"]


def test_a_route_goes_by_priority_and_carries_the_key(provider: Provider) -> None:
    offer_models(provider, ["gpt-4o"])
    other = save_provider(slug="proxy", name="Proxy", kind="openai_compatible", base_url="http://proxy", credential="k")
    offer_models(other, ["gpt-4o"])
    Deployment.objects.filter(provider=provider).update(priority=2)
    targets = route_for(Model.objects.get()).targets
    assert [(target.provider, target.credential) for target in targets] == [("proxy", "k"), ("openai", "sk-secret")]
    assert "sk-secret" not in repr(targets)


def test_a_model_that_nobody_serves_is_refused(db: None) -> None:
    with pytest.raises(ModelUnavailable):
        route_for(Model.objects.create(slug="gone", name="Gone"))


def test_a_route_is_read_once_for_many_runs(
    provider: Provider, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    offer_models(provider, ["gpt-4o"])
    model = Model.objects.get()
    first = recent_route(model.pk)
    with django_assert_num_queries(0):
        assert recent_route(model.pk) is first


def test_a_changed_route_applies_in_seconds(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    offer_models(provider, ["gpt-4o"])
    model = Model.objects.get()
    recent_route(model.pk)
    save_provider(slug="openai", name="OpenAI", kind="openai", base_url="", credential="sk-new")
    assert routes.SECONDS_KEPT < 5
    monkeypatch.setattr(routes, "SECONDS_KEPT", 0.0)
    assert recent_route(model.pk).targets[0].credential == "sk-new"
