"""A refusal is one card, wherever it comes from."""

import pytest
from django.test import AsyncClient, Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery")]


def test_it_becomes_a_page(client: Client) -> None:
    response = client.post("/refuse/")
    assert response.status_code == 422
    assert b"<title>Marketing has used its budget.</title>" in response.content


def test_it_becomes_just_the_card_for_htmx(client: Client) -> None:
    response = client.post("/refuse/", headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert response.content.startswith(b'<section class="refusal"')


def test_the_card_leads_to_what_can_be_done_now(client: Client) -> None:
    assert b'<a class="button" href="/gallery/">Ask for more</a>' in client.post("/refuse/").content


def test_a_way_without_a_page_is_only_words(client: Client) -> None:
    assert b"<li>Wait</li>" in client.post("/refuse/").content


async def test_it_becomes_a_page_when_an_async_view_refuses(async_client: AsyncClient) -> None:
    response = await async_client.post("/refuse-async/")
    assert response.status_code == 422
    assert b"Marketing has used its budget." in response.content
