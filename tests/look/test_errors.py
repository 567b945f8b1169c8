"""An error page says what happened and leads back, to whoever meets it."""

import pytest
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery")]


def test_a_missing_page_says_so_to_a_stranger(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert b"There is nothing here" in response.content
    assert b'id="sidebar"' not in response.content


def test_a_missing_page_keeps_the_frame_of_who_is_signed_in(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert b'id="sidebar"' in client.get("/nowhere/").content


def test_a_forbidden_page_says_so(employee: Client) -> None:
    response = employee.get("/forbid/")
    assert response.status_code == 403
    assert b"This is not yours to open" in response.content


def test_a_form_without_its_token_says_why() -> None:
    response = Client(enforce_csrf_checks=True).post("/gallery/")
    assert response.status_code == 403
    assert b"This page was open too long" in response.content


def test_a_fault_of_ours_asks_no_database(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert b"It was not you" in response.content
