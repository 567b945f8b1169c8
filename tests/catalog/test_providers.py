import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import AuditEvent, User
from playground.catalog import routes, starters
from playground.catalog.access import models_for
from playground.catalog.credentials import rotate_all, secret_of
from playground.catalog.errors import CredentialUnreadable, ModelUnavailable, ProviderNamed
from playground.catalog.models import DataUse, Deployment, Model, Provider
from playground.catalog.providers import add_provider, change_provider, offer_models, save_provider
from playground.catalog.routes import recent_route, route_for
from tests.quota.racing import in_between


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
    assert offer_models(provider, ["gpt-4o-realtime", "whisper-1", "dall-e-3"]) == []


def test_a_model_of_vectors_is_not_for_chat(provider: Provider, alice: User) -> None:
    offer_models(provider, ["text-embedding-3-small", "somebody/new-embedder"])
    assert set(Model.objects.values_list("kind", flat=True)) == {"embedding"}
    assert not models_for(alice)
    assert [model.name for model in models_for(alice, kind=None)] == ["Embedding 3 small"]


@pytest.mark.parametrize("name", ["claude-sonnet-4-5@20250929", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"])
def test_clouds_call_a_known_model_by_names_of_their_own(provider: Provider, alice: User, name: str) -> None:
    offer_models(provider, [name])
    assert [model.name for model in models_for(alice)] == ["Claude Sonnet 4.5"]


def test_a_known_model_says_what_it_can(provider: Provider) -> None:
    offer_models(provider, ["gpt-4o"])
    model = Model.objects.get()
    assert (model.reads_images, model.writes_json, model.calls_functions) == (True, True, True)


def test_every_starter_is_whole() -> None:
    models = json.loads(starters.DATA.read_text())["models"]
    found = [starters.starter_for(name) for name in models]
    assert all(one and one.prices["input"] and one.description and one.context_tokens for one in found)
    assert starters.as_of() >= "2026-11-20"


def test_the_key_stays_unless_another_is_entered(provider: Provider, dana: User) -> None:
    change_provider(provider, actor=dana, name="OpenAI Europe", region="EU")
    assert (provider.name, secret_of(provider)) == ("OpenAI Europe", "sk-secret")
    change_provider(provider, actor=dana, credential="sk-new")
    assert secret_of(provider) == "sk-new"
    assert "sk-" not in str(list(AuditEvent.objects.values()))


def test_at_another_address_the_label_is_not_known(provider: Provider, dana: User) -> None:
    change_provider(provider, actor=dana, data_use=DataUse.NOT_KEPT)
    change_provider(provider, actor=dana, base_url="https://elsewhere.example.com")
    assert provider.data_use == DataUse.UNKNOWN
    change_provider(provider, actor=dana, base_url="https://third.example.com", data_use=DataUse.KEPT)
    assert provider.data_use == DataUse.KEPT


def test_a_second_provider_of_that_name_is_refused(provider: Provider, dana: User) -> None:
    with pytest.raises(ProviderNamed):
        add_provider(actor=dana, name="OpenAI", kind="openai")
    assert Provider.objects.count() == 1


def test_a_key_may_stay_in_the_environment(
    provider: Provider, dana: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    change_provider(provider, actor=dana, credential_variable="OUR_API_KEY")
    with pytest.raises(CredentialUnreadable):
        secret_of(provider)
    (tmp_path / "key").write_text("sk-file\n")
    monkeypatch.setenv("OUR_API_KEY_FILE", str(tmp_path / "key"))
    assert secret_of(provider) == "sk-file"
    monkeypatch.setenv("OUR_API_KEY", "sk-variable")
    assert secret_of(provider) == "sk-variable"


def test_no_other_variable_can_be_read(provider: Provider) -> None:
    provider.credential_variable = "SECRET_KEY"
    with pytest.raises(CredentialUnreadable):
        secret_of(provider)


def test_rotation_encrypts_with_the_newest_key(provider: Provider, settings: Settings) -> None:
    new = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [new, *settings.CREDENTIAL_KEYS]
    call_command("rotate_credentials", stdout=StringIO())
    settings.CREDENTIAL_KEYS = [new]
    assert secret_of(Provider.objects.get()) == "sk-secret"


def test_rotation_names_the_keys_that_nobody_can_read(provider: Provider, settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="OpenAI"):
        call_command("rotate_credentials", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_entered_during_the_rotation_stays(provider: Provider, dana: User) -> None:
    in_between(lambda: change_provider(provider, actor=dana, credential="sk-newer"), rotate_all)
    assert secret_of(Provider.objects.get()) == "sk-newer"


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
