"""The document of /v1 and the page that shows it say what the addresses really do."""

import json

import jsonschema_rs
import pytest
from django.test import Client

from accounts.models import User
from playground.api.document import addresses, document
from playground.catalog.models import Model
from tests.guards.world import url_table


def test_it_has_every_address_of_v1() -> None:
    named = {name for name in url_table() if name.startswith(("api:", "hub_api:"))}
    assert len(document()["paths"]) == len(named - {"api:openapi", "api:nowhere"}) == len(addresses())


def test_every_reference_leads_somewhere_and_every_schema_is_one() -> None:
    text = json.dumps(document())
    schemas = document()["components"]["schemas"]
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in schemas
    for schema in schemas.values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_every_address_says_what_a_key_may_be_told() -> None:
    for path in document()["paths"].values():
        for operation in path.values():
            assert {"400", "401", "403", "503"} <= operation["responses"].keys()


def test_it_is_for_everybody(client: Client) -> None:
    response = client.get("/v1/openapi.json")
    assert (response.status_code, response.json()["openapi"]) == (200, "3.1.0")
    assert client.post("/v1/openapi.json").status_code == 405


@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_what_is_not_there_is_said_in_json(client: Client, method: str) -> None:
    response = getattr(client, method)("/v1/fine_tuning/jobs")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_the_page_names_every_address_and_a_model_of_hers(client: Client, alice: User, model: Model) -> None:
    client.force_login(alice)
    page = client.get("/developers/").content.decode()
    assert all(address.path in page for address in addresses())
    assert '"quick"' in page
    assert "{{" not in page
