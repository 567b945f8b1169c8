"""A key that cannot be read takes its provider out of every route, and its page says so."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from playground.catalog.errors import ModelUnavailable
from playground.catalog.health import states
from playground.catalog.models import Deployment, Model, Provider
from playground.catalog.providers import change_provider
from playground.catalog.routes import route_for

VARIABLE = "LOST_API_KEY"


@pytest.fixture
def lost(make_deployment: Callable[..., Deployment], model: Model) -> Provider:
    """A second place of the model, with the name of a variable that is not set."""
    provider = make_deployment(model, name="lost", kind="anthropic").provider
    Provider.objects.filter(pk=provider.pk).update(name="Lost", credential="", credential_variable=VARIABLE)
    return Provider.objects.get(pk=provider.pk)


@contextmanager
def set_elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a web server that has the variable, while the worker lacks it."""
    with monkeypatch.context() as there:
        there.setenv(VARIABLE, "sk-there")
        yield


def names(model: Model) -> list[str]:
    return [target.model for target in route_for(model).targets]


def test_the_other_places_answer(model: Model, lost: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(model) == ["demo-quick"]
    monkeypatch.setenv(VARIABLE, "sk-again")
    assert names(model) == ["demo-quick", "lost"]


def test_so_they_do_when_the_key_of_the_keys_is_gone(
    model: Model, lost: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    monkeypatch.setenv(VARIABLE, "sk-again")
    assert names(model) == ["lost"]


def test_a_model_with_no_place_left_is_refused(model: Model, settings: Settings) -> None:
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(ModelUnavailable):
        route_for(model)


def test_the_log_says_it_once_until_it_is_mended(
    model: Model, lost: Provider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def warnings() -> int:
        return sum(record.levelno == logging.WARNING for record in caplog.records)

    with caplog.at_level(logging.WARNING, "playground.catalog.unreadable"):
        names(model), names(model)
        assert warnings() == 1
        with set_elsewhere(monkeypatch):
            names(model)
        names(model)
    assert warnings() == 2
    assert lost.slug in caplog.text


def test_its_page_says_what_to_do(client: Client, dana: User, model: Model, lost: Provider) -> None:
    client.force_login(dana)
    page = client.get(f"/providers/{lost.slug}/").content.decode()
    assert "Its key cannot be read." in page
    assert "Until then its models are left out." in page
    assert "Its key cannot be read." in client.get("/providers/").content.decode()
    well = Provider.objects.exclude(pk=lost.pk).get()
    assert "cannot be read" not in client.get(f"/providers/{well.slug}/").content.decode()


def test_a_worker_that_lacks_it_tells_the_page_of_a_server_that_does_not(
    model: Model,
    lost: Provider,
    dana: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    places = lost.deployments.all()
    names(model)
    with set_elsewhere(monkeypatch):
        assert [state.sentence for state in states(places).values()] != []
        assert states(places)[places[0].pk].level == "danger"
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
            change_provider(lost, actor=dana, credential="sk-typed")
        assert states(places)[places[0].pk].level != "danger"
