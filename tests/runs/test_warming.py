"""A worker loads the SDKs of the providers in use, and no other."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from playground.catalog.models import Deployment, Model, Provider
from playground.catalog.routes import kinds_in_use
from tests.stack import database_url_of_tests

LOADED = """
import sys, django
django.setup()
from playground.runs.execute import load_adapters
load_adapters()
print(*sorted({"openai", "anthropic", "google", "boto3"} & set(sys.modules)))
"""


def loaded_by_a_worker(**environment: str) -> list[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "playground.settings", "DATABASE_URL": database_url_of_tests()}
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, env=os.environ | settings | environment, capture_output=True, check=True)  # noqa: S603
    return done.stdout.decode().split()


def test_the_kinds_in_use_are_those_of_what_may_be_asked(
    make_model: Callable[..., Model], make_deployment: Callable[..., Deployment]
) -> None:
    assert kinds_in_use() == set()
    model = make_model(kind="openai")
    make_deployment(model, kind="anthropic")
    off = make_deployment(model, kind="anthropic_vertex")
    Deployment.objects.filter(pk=off.pk).update(is_active=False)
    assert kinds_in_use() == {"openai", "anthropic"}
    Provider.objects.filter(kind="openai").update(is_active=False)
    assert kinds_in_use() == {"anthropic"}


@pytest.mark.django_db(transaction=True)
def test_a_worker_without_providers_loads_nothing() -> None:
    assert loaded_by_a_worker() == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_loads_what_is_in_use(make_model: Callable[..., Model]) -> None:
    make_model(kind="openai_compatible")
    assert loaded_by_a_worker() == ["openai"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_starts_while_the_database_is_away(make_model: Callable[..., Model]) -> None:
    make_model(kind="openai_compatible")
    assert loaded_by_a_worker(DATABASE_URL="postgres://nobody@127.0.0.1:9/nothing") == []
