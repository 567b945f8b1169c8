import pytest

from accounts.models import Department, User
from accounts.roles import is_admin, may_manage_people, may_publish, may_set_quota, owned_departments


def test_power_users_and_admins_may_publish(alice: User, carol: User, dana: User) -> None:
    assert [may_publish(user) for user in (alice, carol, dana)] == [False, True, True]


def test_only_admins_manage_people(ana: User, carol: User, dana: User) -> None:
    assert [may_manage_people(user) for user in (ana, carol, dana)] == [False, False, True]


def test_an_owner_sets_the_quota_of_her_department_only(ana: User, marketing: Department, sales: Department) -> None:
    assert [may_set_quota(ana, department) for department in (marketing, sales)] == [True, False]
    assert list(owned_departments(ana)) == [marketing]


def test_an_admin_sets_every_quota(dana: User, marketing: Department, sales: Department) -> None:
    assert list(owned_departments(dana)) == [marketing, sales]


@pytest.mark.parametrize("who", ["dana", "carol", "ana"])
def test_a_disabled_person_may_nothing(request: pytest.FixtureRequest, who: str, marketing: Department) -> None:
    user = request.getfixturevalue(who)
    user.is_active = False
    assert [is_admin(user), may_publish(user), may_set_quota(user, marketing)] == [False] * 3
