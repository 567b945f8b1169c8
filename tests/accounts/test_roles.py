import pytest

from accounts.models import Department, User
from accounts.roles import is_admin, may_manage_people, may_publish, owned_departments


def test_power_users_and_admins_may_publish(alice: User, carol: User, dana: User) -> None:
    assert [may_publish(user) for user in (alice, carol, dana)] == [False, True, True]


def test_only_admins_manage_people(ana: User, carol: User, dana: User) -> None:
    assert [may_manage_people(user) for user in (ana, carol, dana)] == [False, False, True]


def test_an_owner_answers_for_her_department_only(ana: User, marketing: Department, sales: Department) -> None:
    assert list(owned_departments(ana)) == [marketing]


def test_an_admin_answers_for_every_department(dana: User, marketing: Department, sales: Department) -> None:
    assert list(owned_departments(dana)) == [marketing, sales]


@pytest.mark.parametrize("who", ["dana", "carol"])
def test_a_disabled_person_may_nothing(request: pytest.FixtureRequest, who: str) -> None:
    user = request.getfixturevalue(who)
    user.is_active = False
    assert [is_admin(user), may_manage_people(user), may_publish(user)] == [False] * 3
