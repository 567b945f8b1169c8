"""A refusal is one card, wherever it comes from."""

import pytest
from django.test import AsyncClient, Client

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery")]


def test_it_becomes_a_page(employee: Client) -> None:
    response = employee.post("/refuse/")
    assert response.status_code == 422
    assert b"<title>Marketing has used its budget.</title>" in response.content


def test_it_becomes_just_the_card_for_htmx(employee: Client) -> None:
    response = employee.post("/refuse/", headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert response.content.startswith(b'<section class="refusal"')


def test_under_htmx_it_replaces_nothing_of_the_page(employee: Client) -> None:
    response = employee.post("/refuse/", headers={"HX-Request": "true"})
    assert response.headers["HX-Retarget"] == "#refusal"


def test_the_card_leads_to_what_can_be_done_now(employee: Client) -> None:
    assert b'<a class="button" href="/gallery/">Ask for more</a>' in employee.post("/refuse/").content


def test_a_way_without_a_page_is_only_words(employee: Client) -> None:
    assert b"<li>Wait</li>" in employee.post("/refuse/").content


@pytest.mark.django_db(transaction=True)
async def test_it_becomes_a_page_when_an_async_view_refuses(async_client: AsyncClient, alice: User) -> None:
    await async_client.aforce_login(alice)
    response = await async_client.post("/refuse-async/")
    assert response.status_code == 422
    assert b"Marketing has used its budget." in response.content
