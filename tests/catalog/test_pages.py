from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEvent, Department, User
from playground.catalog.access import default_model_for, models_for
from playground.catalog.models import Model, Price
from playground.catalog.pricing import prices_for
from playground.catalog.routes import route_for
from tests.catalogue import INPUT
from tests.queries import queries_of


@pytest.fixture
def admin(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def shown(**changed: object) -> dict[str, object]:
    return {
        "name": "Quick", "description": "", "audience": "everyone", "context_tokens": 128000, "max_output_tokens": 500,
        "position": 1, "routing": "weighted", **changed,
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
    assert asked[0] == asked[1] < 17


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
    assert (newest.cache_write, newest.reasoning, newest.image) == (None, None, 0)
    assert Price.objects.count() == 2


def test_a_price_may_begin_later_and_name_every_part(admin: Client, model: Model) -> None:
    deployment = model.deployments.get()
    parts = {
        "input": "2",
        "cached_input": "0.2",
        "cache_write": "2.5",
        "output": "8",
        "reasoning": "9",
        "image": "0.01",
    }
    admin.post(f"/models/quick/prices/{deployment.pk}/", {**parts, "effective_from": "2099-01-01T00:00"})
    later = deployment.prices.first()
    assert later is not None
    assert (later.cache_write, later.reasoning, later.image) == (2_500_000, 9_000_000, 10_000)
    assert prices_for(model)[str(deployment.pk)]["input"] == INPUT


def test_two_prices_from_one_moment_are_refused(admin: Client, model: Model) -> None:
    path = f"/models/quick/prices/{model.deployments.get().pk}/"
    sent = {"input": "2", "output": "8", "effective_from": "2099-01-01T00:00"}
    assert [admin.post(path, sent).status_code for _ in range(2)] == [302, 422]


def test_a_place_gets_its_order_and_limits(admin: Client, model: Model) -> None:
    deployment = model.deployments.get()
    path = f"/models/quick/places/{deployment.pk}/"
    limits = {"priority": 2, "weight": 3, "requests_per_minute": 60, "tokens_per_minute": "", "max_parallel": 8}
    admin.post(path, {**limits, "is_active": "on"})
    [target] = route_for(model).targets
    assert (target.priority, target.weight, target.requests_per_minute) == (2, 3, 60)
    assert (target.tokens_per_minute, target.max_parallel) == (None, 8)
    assert admin.post(path, {**limits, "weight": 0}).status_code == 422


def test_a_place_gets_seconds_of_its_own(admin: Client, model: Model) -> None:
    deployment = model.deployments.get()
    path = f"/models/quick/places/{deployment.pk}/"
    order = {"priority": 1, "weight": 1, "is_active": "on"}
    admin.post(path, {**order, "first_byte_seconds": 180, "idle_seconds": "", "total_seconds": 600})
    [target] = route_for(model).targets
    assert (target.first_byte, target.idle, target.total) == (180, None, 600)
    admin.post(path, {**order, "first_byte_seconds": "", "total_seconds": ""})
    [target] = route_for(model).targets
    assert (target.first_byte, target.idle, target.total) == (None, None, None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ({"first_byte_seconds": 0}, "At least 1 second."),
        ({"idle_seconds": 1801}, "At most 1800"),
        ({"total_seconds": 1801}, "At most 1800"),
        ({"first_byte_seconds": 61, "total_seconds": 60}, "Not more than the seconds in all."),
        ({"total_seconds": "long"}, "Enter a whole number."),
    ],
)
def test_seconds_that_make_no_sense_are_refused(
    admin: Client, model: Model, seconds: dict[str, object], words: str
) -> None:
    deployment = model.deployments.get()
    sent = {"priority": 1, "weight": 1, "is_active": "on", **seconds}
    answer = admin.post(f"/models/quick/places/{deployment.pk}/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    for name, value in seconds.items():
        assert f'name="{name}"' in answer.content.decode()
        assert f'value="{value}"' in answer.content.decode()
    [target] = route_for(model).targets
    assert (target.first_byte, target.idle, target.total) == (None, None, None)


def test_who_answers_instead_is_kept_in_order(admin: Client, model: Model, make_model: Callable[..., Model]) -> None:
    first, second = make_model("first"), make_model("second")
    path = "/models/quick/fallbacks/"
    admin.post(path, {"outage_1": second.pk, "outage_2": first.pk, "context_1": first.pk})
    chains = [(one.cause, one.to_model.slug) for one in model.fallbacks.all()]
    assert chains == [("context", "first"), ("outage", "second"), ("outage", "first")]
    assert f'value="{second.pk}" selected' in admin.get("/models/quick/").content.decode()
    assert admin.post(path, {"outage_1": model.pk}).status_code == 422


def test_a_department_gets_its_own_model(
    admin: Client, alice: User, eve: User, marketing: Department, model: Model, make_model: Callable[..., Model]
) -> None:
    chosen = make_model("chosen")
    admin.post("/models/-/defaults/", {f"model_{marketing.pk}": chosen.pk})
    assert (default_model_for(alice), default_model_for(eve)) == (chosen, None)
    admin.post("/models/-/defaults/", {f"model_{marketing.pk}": ""})
    assert default_model_for(alice) is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"audience": "roles"}, "roles"),
        ({"retires_on": "2020-01-01", "replacement": "self"}, "replacement"),
        ({"new_until": "soon"}, "new_until"),
    ],
)
def test_what_makes_no_sense_is_refused(admin: Client, model: Model, changed: dict[str, object], field: str) -> None:
    if changed.get("replacement"):
        changed = {**changed, "replacement": model.pk}
    response = admin.post("/models/quick/", shown(**changed))
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()


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
