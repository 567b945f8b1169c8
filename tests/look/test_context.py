"""What every page shows costs next to nothing."""

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from playground.context import person
from playground.quota.limits import set_quota, tightest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery")]


def test_a_stranger_costs_no_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        client.get("/nowhere/")


def test_who_is_signed_in_is_one_query(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert str(person(alice).department) == "Marketing"


def test_an_employee_manages_nothing(alice: User) -> None:
    assert not person(alice).manages


def test_an_owner_and_an_admin_manage(ana: User, dana: User) -> None:
    assert person(ana).manages
    assert person(dana).is_admin


def test_the_version_is_at_the_foot_of_the_menu(employee: Client) -> None:
    assert f"Playground {settings.VERSION}" in employee.get("/gallery/").content.decode()


def test_the_chosen_theme_is_in_the_page(employee: Client) -> None:
    employee.cookies["theme"] = "dark"
    assert b'data-theme="dark"' in employee.get("/gallery/").content


def test_a_theme_that_is_none_is_ignored(employee: Client) -> None:
    employee.cookies["theme"] = "x onload=alert(1)"
    assert b"data-theme=" not in employee.get("/gallery/").content.split(b"<head>")[0]


def test_the_language_comes_from_our_own_list(employee: Client) -> None:
    response = employee.get("/gallery/", headers={"Accept-Language": '"><script>'})
    assert b'<html lang="en">' in response.content


def test_without_a_limit_there_is_no_meter(employee: Client) -> None:
    assert b'class="left"' not in employee.get("/gallery/").content


def test_the_tightest_limit_is_on_every_page(alice: User, dana: User, client: Client) -> None:
    set_quota(scope="person", target=alice, period="month", limit=3_000_000, actor=dana, reason="Trial")
    set_quota(scope="company", target=None, period="day", limit=90_000_000, actor=dana, reason="Trial")
    client.force_login(alice)
    assert b"$3.00 left" in client.get("/gallery/").content


def test_what_is_left_is_one_query(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    department = person(alice).department
    with django_assert_num_queries(1):
        tightest(alice, department)
