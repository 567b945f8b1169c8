from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEvent, Department, User
from playground.catalog.access import models_for
from playground.catalog.models import Model, Price
from tests.queries import queries_of


@pytest.fixture
def admin(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def shown(**changed: object) -> dict[str, object]:
    return {
        "name": "Quick", "description": "", "audience": "everyone", "max_output_tokens": 500, "position": 1, **changed
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/models/", "/models/quick/"])
def test_only_admins_see_it(client: Client, carol: User, model: Model, path: str) -> None:
    client.force_login(carol)
    assert client.get(path).status_code == 403


def test_it_lists_models_with_their_prices(admin: Client, model: Model) -> None:
    page = admin.get("/models/").content.decode()
    assert "Quick" in page
    assert "$4.00" in page


def test_a_model_without_a_price_says_so(admin: Client, model: Model) -> None:
    model.deployments.create(provider=model.deployments.get().provider, name="other")
    assert "needs a price" in admin.get("/models/").content.decode()


def test_it_costs_the_same_queries_for_many(admin: Client, make_model: Callable[..., Model]) -> None:
    asked = []
    for number in (3, 60):
        for n in range(number):
            department = Department.objects.create(name=f"{number}, {n}", slug=f"{number}-{n}")
            make_model(f"model-{number}-{n}").departments.add(department)
        asked.append(queries_of(admin, "/models/"))
    assert asked[0] == asked[1] < 10


def test_a_model_served_in_many_places_costs_no_more(
    admin: Client, model: Model, make_deployment: Callable[..., object]
) -> None:
    asked = []
    for number in (3, 60):
        for n in range(number):
            make_deployment(model, name=f"{number}, {n}", base_url=f"http://{number}-{n}.example.com")
        asked.append(queries_of(admin, "/models/quick/"))
    assert asked[0] == asked[1] < 12


def test_a_model_is_given_to_departments(
    admin: Client, alice: User, eve: User, marketing: Department, model: Model
) -> None:
    admin.post("/models/quick/", shown(audience="departments", departments=[marketing.pk]))
    assert (list(models_for(alice)), list(models_for(eve))) == ([model], [])
    assert AuditEvent.objects.get(action="model.changed").after["departments"] == ["Marketing"]


def test_some_departments_without_one_is_an_error(admin: Client, model: Model) -> None:
    response = admin.post("/models/quick/", shown(audience="departments", name="Kept name"))
    assert response.status_code == 422
    assert "Kept name" in response.content.decode()


def test_a_new_price_counts_from_now_on(admin: Client, model: Model) -> None:
    deployment = model.deployments.get()
    admin.post(f"/models/quick/prices/{deployment.pk}/", {"input": "2.50", "output": "10"})
    newest = deployment.prices.first()
    assert newest is not None
    assert (newest.input, newest.cached_input, newest.output) == (2_500_000, 2_500_000, 10_000_000)
    assert Price.objects.count() == 2


@pytest.mark.parametrize("price", [{"input": "abc", "output": "1"}, {"input": "1", "output": "1", "cached_input": "2"}])
def test_a_wrong_price_is_kept_and_explained(admin: Client, model: Model, price: dict[str, str]) -> None:
    deployment = model.deployments.get()
    response = admin.post(f"/models/quick/prices/{deployment.pk}/", price)
    assert response.status_code == 422
    assert f'value="{price["input"]}"' in response.content.decode()
    assert Price.objects.count() == 1


def test_another_models_deployment_is_404(admin: Client, model: Model, make_model: Callable[..., Model]) -> None:
    other = make_model("other").deployments.get()
    assert admin.post(f"/models/quick/prices/{other.pk}/", {"input": "1", "output": "1"}).status_code == 404
