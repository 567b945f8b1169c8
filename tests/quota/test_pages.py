"""What I may spend, and for owners and admins who may spend what."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Department, Membership, User
from playground.quota.limits import set_quota
from playground.quota.models import Quota, Reservation
from tests.queries import queries_of

MINE, MANAGE, PEOPLE = map(reverse, ("quota:mine", "quota:manage", "quota:manage_people"))


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


def url(department: Department, period: str = "month") -> str:
    return reverse("quota:edit_department", kwargs={"pk": department.pk, "period": period})


def new_limit(limit: str = "50", **more: str) -> dict[str, str]:
    return {"limit": limit, "reason": "a campaign", **more}


def limit_of(department: Department) -> int | None:
    return Quota.objects.get(department=department, period="month").limit


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_my_page_prints_the_rule_with_my_own_numbers(
    signed_in: Callable[[User], Client], hold: Callable[..., Reservation], alice: User, dana: User
) -> None:
    set_quota(scope="person", target=alice, period="day", limit=5_000_000, actor=dana, reason="test")
    hold(900_000)
    page = text(signed_in(alice), MINE)
    assert "You can spend $4.10 now." in page
    assert "All limits bind; the smallest remainder wins." in page


def test_my_page_says_when_nothing_is_limited(signed_in: Callable[[User], Client], alice: User) -> None:
    assert "Nothing limits you." in text(signed_in(alice), MINE)


@pytest.mark.parametrize("address", [MINE, MANAGE, PEOPLE])
def test_a_page_refuses_post_and_strangers(client: Client, dana: User, address: str) -> None:
    assert client.get(address).status_code == 302
    client.force_login(dana)
    assert client.post(address).status_code == 405


def test_an_owner_sees_her_departments_only(
    signed_in: Callable[[User], Client], ana: User, marketing: Department, sales: Department
) -> None:
    page = text(signed_in(ana), MANAGE)
    assert url(marketing) in page
    assert url(sales) not in page
    assert reverse("quota:edit_company", kwargs={"period": "month"}) not in page


def test_an_admin_sees_company_departments_and_people(
    signed_in: Callable[[User], Client], dana: User, alice: User, marketing: Department
) -> None:
    client = signed_in(dana)
    assert url(marketing) in text(client, MANAGE)
    assert reverse("quota:edit_company", kwargs={"period": "day"}) in text(client, MANAGE)
    assert "Alice" in text(client, f"{PEOPLE}?q=ali")
    assert "Alice" not in text(client, f"{PEOPLE}?q=zoe")


def test_an_employee_manages_nothing(signed_in: Callable[[User], Client], alice: User, marketing: Department) -> None:
    client = signed_in(alice)
    assert [client.get(page).status_code for page in (MANAGE, PEOPLE, url(marketing))] == [403, 403, 404]


def test_an_owner_sets_no_quota_of_another_department_person_or_the_company(
    signed_in: Callable[[User], Client], ana: User, sales: Department
) -> None:
    client = signed_in(ana)
    person = reverse("quota:edit_person", kwargs={"pk": ana.pk, "period": "day"})
    company = reverse("quota:edit_company", kwargs={"period": "day"})
    assert {client.post(page, new_limit()).status_code for page in (url(sales), person, company)} == {404}
    assert not Quota.objects.exists()


def test_an_owner_sets_the_quota_of_her_department(
    signed_in: Callable[[User], Client], ana: User, marketing: Department
) -> None:
    answer = signed_in(ana).post(url(marketing), new_limit("1,250.50"))
    assert (answer.status_code, answer.headers["Location"]) == (302, MANAGE)
    assert limit_of(marketing) == 1_250_500_000
    assert AuditEvent.objects.get(action="quota.set").reason == "a campaign"


def test_a_double_click_sets_it_once(signed_in: Callable[[User], Client], ana: User, marketing: Department) -> None:
    client = signed_in(ana)
    client.post(url(marketing), new_limit())
    assert client.post(url(marketing), new_limit()).status_code == 302
    assert AuditEvent.objects.filter(action="quota.set").count() == 1


def test_a_limit_can_be_taken_away(signed_in: Callable[[User], Client], ana: User, marketing: Department) -> None:
    client = signed_in(ana)
    client.post(url(marketing), new_limit())
    client.post(url(marketing), new_limit(no_limit="on"))
    assert limit_of(marketing) is None


def test_a_limit_counts_although_the_box_of_no_limit_came_ticked(
    signed_in: Callable[[User], Client], ana: User, marketing: Department
) -> None:
    signed_in(ana).post(url(marketing), new_limit(no_limit="on"))
    assert limit_of(marketing) == 50_000_000


@pytest.mark.parametrize("typed", ["", "many", "-1", "0.0000001"])
def test_what_is_no_amount_is_asked_for_again(
    signed_in: Callable[[User], Client], ana: User, marketing: Department, typed: str
) -> None:
    answer = signed_in(ana).post(url(marketing), new_limit(typed))
    assert answer.status_code == 422
    assert "Type an amount such as 50" in answer.content.decode()
    assert "a campaign" in answer.content.decode()


def test_a_reason_is_asked_for(signed_in: Callable[[User], Client], ana: User, marketing: Department) -> None:
    assert signed_in(ana).post(url(marketing), {"limit": "5"}).status_code == 422


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_preview_says_what_the_limit_would_do_and_sets_nothing(
    signed_in: Callable[[User], Client],
    hold: Callable[..., Reservation],
    ana: User,
    marketing: Department,
    headers: dict[str, str],
) -> None:
    hold(2_000_000)
    answer = signed_in(ana).post(url(marketing), new_limit("1.50", preview="1"), headers=headers)
    assert "$2.00 is spent or held already: nothing new will be admitted until" in answer.content.decode()
    assert ("<html" in answer.content.decode()) == (not headers)
    assert limit_of(marketing) is None


def test_an_unknown_period_is_missing(signed_in: Callable[[User], Client], ana: User, marketing: Department) -> None:
    assert signed_in(ana).get(url(marketing, "year")).status_code == 404


@pytest.mark.parametrize("address", [MINE, MANAGE, PEOPLE])
def test_a_table_asks_as_many_questions_at_any_size(
    signed_in: Callable[[User], Client], dana: User, make_user: Callable[..., User], address: str
) -> None:
    client = signed_in(dana)
    asked = []
    for number in (3, 60):
        for n in range(number):
            department = Department.objects.create(name=f"{number}, {n}", slug=f"{number}-{n}")
            user = make_user(f"{number}-{n}", department)
            set_quota(scope="department", target=department, period="day", limit=5, actor=dana, reason="test")
            set_quota(scope="person", target=user, period="day", limit=5, actor=dana, reason="test")
        asked.append(queries_of(client, address))
    assert asked[0] == asked[1] < 12


def test_an_owners_table_asks_as_many_questions_at_any_size(signed_in: Callable[[User], Client], ana: User) -> None:
    client = signed_in(ana)
    asked = []
    for number in (3, 60):
        for n in range(number):
            department = Department.objects.create(name=f"{number}, {n}", slug=f"{number}-{n}")
            Membership.objects.create(user=ana, department=department, is_owner=True)
        asked.append(queries_of(client, MANAGE))
    assert asked[0] == asked[1] < 12
