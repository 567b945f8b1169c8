"""The pages of providers, with the scripted provider at the other end of the wire."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import AuditEvent, User
from playground.catalog import kinds
from playground.catalog.credentials import secret_of
from playground.catalog.models import Deployment, Model, Provider
from playground.catalog.providers import save_provider
from tests.fake_provider import FakeProvider
from tests.queries import queries_of


@pytest.fixture
def admin(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


@pytest.fixture
def provider(db: None, fake_provider: FakeProvider) -> Provider:
    url = f"{fake_provider.base_url}/v1"
    return save_provider(slug="ours", name="Ours", kind="openai_compatible", base_url=url, credential="sk-stored")


def sent(provider: Provider, **changed: object) -> dict[str, object]:
    return {"name": provider.name, "base_url": provider.base_url, "data_use": "unknown", "is_active": "on", **changed}


def said(admin: Client, path: str) -> str:
    response = admin.post(path)
    assert response.status_code == 302
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_only_admins_see_them(client: Client, carol: User, provider: Provider) -> None:
    client.force_login(carol)
    paths = ["/providers/", "/providers/-/new/", "/providers/ours/"]
    assert {client.get(path).status_code for path in paths} == {403}


def test_every_kind_that_the_gateway_speaks_can_be_chosen() -> None:
    from playground.gateway.providers import KINDS  # noqa: PLC0415 - the room of the gateway, for this comparison only

    assert set(kinds.KINDS) == set(KINDS)
    assert {preset.kind for preset in kinds.presets().values()} == set(KINDS)


@pytest.mark.parametrize("preset", kinds.presets())
def test_each_preset_opens_its_form(admin: Client, preset: str) -> None:
    page = admin.get(f"/providers/-/new/?preset={preset}").content.decode()
    assert kinds.presets()[preset].base_url in page


def test_one_is_added_with_its_key(admin: Client, fake_provider: FakeProvider) -> None:
    form = {"name": "New one", "base_url": fake_provider.base_url, "credential": "sk-typed", "data_use": "kept"}
    response = admin.post("/providers/-/new/?preset=other", {**form, "is_active": "on"})
    assert response["Location"] == "/providers/new-one/"
    provider = Provider.objects.get()
    assert (provider.kind, provider.data_use, secret_of(provider)) == ("openai_compatible", "kept", "sk-typed")
    assert "sk-typed" not in provider.credential + admin.get("/providers/new-one/").content.decode()
    again = admin.post("/providers/-/new/?preset=other", form)
    assert again.status_code == 422
    assert Provider.objects.count() == 1


def test_options_of_a_kind_are_kept(admin: Client) -> None:
    form = {"name": "Vertex", "data_use": "unknown", "option_project": "our-project", "option_region": "europe-west1"}
    admin.post("/providers/-/new/?preset=vertex", form)
    assert Provider.objects.get().options == {"project": "our-project", "region": "europe-west1"}
    assert 'value="our-project"' in admin.get("/providers/vertex/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["ftp://x.example.com", "https://", "https://good@127.0.0.1#@good/", "http://127.0.0.1\\@good/", "https://x/?key=1",
     "https://x.example.com:99999", "javascript:alert(1)", "https://[::1", ""],
)  # fmt: skip
def test_an_address_that_parsers_read_differently_is_refused(admin: Client, provider: Provider, address: str) -> None:
    response = admin.post("/providers/ours/", sent(provider, base_url=address, credential="sk-new"))
    assert response.status_code == 422
    assert Provider.objects.get().base_url == provider.base_url


def test_a_stored_key_does_not_go_to_another_address(admin: Client, provider: Provider) -> None:
    elsewhere = sent(provider, base_url="https://elsewhere.example.com/v1")
    assert admin.post("/providers/ours/", elsewhere).status_code == 422
    assert admin.post("/providers/ours/", {**elsewhere, "credential": "sk-new"}).status_code == 302


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "our_api_key", "X_API_KEY=1"])
def test_only_variables_of_keys_can_be_named(admin: Client, provider: Provider, name: str) -> None:
    assert admin.post("/providers/ours/", sent(provider, credential_variable=name)).status_code == 422


def test_the_connection_is_tried_for_real(admin: Client, provider: Provider) -> None:
    assert "lists 4 models" in said(admin, "/providers/ours/test/")


def test_a_failure_is_said_in_words(admin: Client, provider: Provider) -> None:
    Provider.objects.update(base_url="http://127.0.0.1:9/v1")
    assert "Nobody answers at this address" in said(admin, "/providers/ours/test/")
    Provider.objects.update(base_url=provider.base_url.removesuffix("/v1") + "/nothing")
    assert "Many addresses end in /v1" in said(admin, "/providers/ours/test/")
    Provider.objects.update(credential="nonsense")
    assert "cannot be read" in said(admin, "/providers/ours/test/")


@pytest.mark.parametrize(
    ("status", "words"), [(401, "does not accept the key"), (429, "too many"), (503, "out of order")]
)
def test_a_deployment_is_asked_a_word(
    admin: Client, provider: Provider, fake_provider: FakeProvider, status: int, words: str
) -> None:
    admin.post("/providers/ours/models/", {"names": ["demo-quick"]})
    path = f"/providers/ours/models/{Deployment.objects.get().pk}/ask/"
    assert "answers in" in said(admin, path)
    assert AuditEvent.objects.get(action="deployment.tested").after["output_tokens"] > 0
    fake_provider.script(status=status)
    assert words in said(admin, path)


def test_what_it_lists_is_found_and_taken_up(admin: Client, provider: Provider) -> None:
    admin.post("/providers/ours/models/", {"names": ["gone-model"]})
    page = admin.post("/providers/ours/find/").content.decode()
    assert 'name="names" value="demo-careful"' in page
    assert "no longer listed:" in page
    admin.post("/providers/ours/models/", {"names": ["demo-careful", "demo-quick"]})
    assert set(Model.objects.values_list("slug", flat=True)) == {"gone-model", "demo-careful", "demo-quick"}
    assert admin.post("/providers/ours/models/", {"names": [" "]}).status_code == 422


def test_it_costs_the_same_queries_for_many(admin: Client) -> None:
    asked = []
    for number in (3, 30):
        for n in range(number):
            one = save_provider(slug=f"p{number}-{n}", name=f"P{number} {n}", kind="openai", base_url="", credential="")
            model = Model.objects.create(slug=f"m{number}-{n}", name="M")
            model.deployments.create(provider=one, name="m")
        asked.append((queries_of(admin, "/providers/"), queries_of(admin, "/providers/p3-0/")))
    assert asked[0] == asked[1]


def test_how_it_did_lately_is_a_part_of_its_page(admin: Client, provider: Provider) -> None:
    assert "/runs/day/ours/" in admin.get("/providers/ours/").content.decode()
    assert "not asked in the last day" in admin.get("/runs/day/ours/", headers={"HX-Request": "true"}).content.decode()
