"""What every page shows costs next to nothing."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from playground.context import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery")]


def test_a_stranger_costs_no_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        client.get("/gallery/")


def test_who_is_signed_in_is_one_query(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert person(alice).department == "Marketing"


def test_an_employee_manages_nothing(alice: User) -> None:
    assert not person(alice).manages


def test_an_owner_and_an_admin_manage(ana: User, dana: User) -> None:
    assert person(ana).manages
    assert person(dana).is_admin


def test_the_chosen_theme_is_in_the_page(client: Client) -> None:
    client.cookies["theme"] = "dark"
    assert b'data-theme="dark"' in client.get("/gallery/").content


def test_a_theme_that_is_none_is_ignored(client: Client) -> None:
    client.cookies["theme"] = "x onload=alert(1)"
    assert b"data-theme=" not in client.get("/gallery/").content.split(b"<head>")[0]


def test_the_language_comes_from_our_own_list(client: Client) -> None:
    response = client.get("/gallery/", headers={"Accept-Language": '"><script>'})
    assert b'<html lang="en">' in response.content
