"""What an admin changes counts for a worker that is running, without a restart."""

import time

import pytest

from accounts.models import User
from playground.catalog.errors import ModelUnavailable
from playground.catalog.models import Deployment, Provider
from playground.catalog.offering import SERVED, change_deployment
from playground.catalog.providers import change_provider
from playground.runs.models import RunState
from tests.fake_provider import FakeProvider
from tests.runs.asking import Asker, until_ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

# What the pages promise.
SECONDS = 5.0


def test_another_key_and_name_are_used_within_five_seconds(
    asked: Asker, fake_provider: FakeProvider, dana: User
) -> None:
    assert until_ended(asked(text="Before.")).state == RunState.DONE
    change_provider(Provider.objects.get(), actor=dana, credential="sk-changed")
    Deployment.objects.update(name="demo-careful")
    changed_at = time.monotonic()
    while True:
        asked_at = time.monotonic()
        until_ended(asked(text="After."))
        if fake_provider.counts()["last_headers"]["authorization"] == "Bearer sk-changed":
            break
        assert asked_at - changed_at < SECONDS
    assert fake_provider.counts()["last_body"]["model"] == "demo-careful"


def test_seconds_of_its_own_count_within_five_seconds(asked: Asker, dana: User) -> None:
    assert until_ended(asked(text="Before.")).state == RunState.DONE
    served = {name: getattr(Deployment.objects.get(), name) for name in SERVED}
    change_deployment(Deployment.objects.get(), actor=dana, **served | {"first_byte_seconds": 1})
    time.sleep(SECONDS)
    run = until_ended(asked(hang="before_headers"))
    assert (run.state, run.error_code) == (RunState.FAILED, "timed_out")


def test_a_place_that_is_switched_off_is_not_asked_any_more(asked: Asker, dana: User) -> None:
    assert until_ended(asked(text="Before.")).state == RunState.DONE
    served = {name: getattr(Deployment.objects.get(), name) for name in SERVED}
    change_deployment(Deployment.objects.get(), actor=dana, **served | {"is_active": False})
    calls = asked.calls
    with pytest.raises(ModelUnavailable):
        asked(text="Never.")
    assert asked.calls == calls
