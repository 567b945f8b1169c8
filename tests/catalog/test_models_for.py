from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import Department, User
from playground.catalog.access import models_for
from playground.catalog.models import Audience, Deployment, Model, Price, Provider


def test_everyone_may_pick_a_model_for_everyone(alice: User, model: Model) -> None:
    assert list(models_for(alice)) == [model]


def test_a_model_for_departments_is_theirs_only(alice: User, eve: User, marketing: Department, model: Model) -> None:
    Model.objects.update(audience=Audience.DEPARTMENTS)
    model.departments.add(marketing)
    assert list(models_for(alice)) == [model]
    assert list(models_for(eve)) == []


def test_a_model_for_some_departments_without_any_is_nobodys(alice: User, model: Model) -> None:
    Model.objects.update(audience=Audience.DEPARTMENTS)
    assert list(models_for(alice)) == []


def test_a_model_without_a_price_is_not_offered(alice: User) -> None:
    Model.objects.create(slug="free", name="Free")
    assert list(models_for(alice)) == []


def test_a_price_of_tomorrow_does_not_count(alice: User, model: Model) -> None:
    unpriced = Deployment.objects.create(
        model=Model.objects.create(slug="new"), provider=Provider.objects.get(), name="x"
    )
    Price.objects.create(
        deployment=unpriced, effective_from=timezone.now() + timedelta(days=1), input=1, cached_input=1, output=1
    )
    assert list(models_for(alice)) == [model]


def test_a_deployment_switched_off_serves_nobody(alice: User, model: Model) -> None:
    Deployment.objects.update(is_active=False)
    assert list(models_for(alice)) == []


def test_a_provider_switched_off_serves_nobody(alice: User, model: Model) -> None:
    Provider.objects.update(is_active=False)
    assert list(models_for(alice)) == []


def test_a_second_deployment_does_not_list_a_model_twice(
    alice: User, model: Model, make_deployment: Callable[..., object]
) -> None:
    make_deployment(model, name="other", priority=2)
    assert list(models_for(alice)) == [model]
