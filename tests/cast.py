"""The people of every test. Always the same: alice and bob are in Marketing, eve and carol in Sales.

ana owns Marketing; carol may publish tools; dana is the admin; frank is disabled.
"""

from collections.abc import Callable

import pytest

from accounts.models import Department, Membership, Role, User


@pytest.fixture
def marketing(db: None) -> Department:
    return Department.objects.create(name="Marketing", slug="marketing", cost_centre="CC-100")


@pytest.fixture
def sales(db: None) -> Department:
    return Department.objects.create(name="Sales", slug="sales", cost_centre="CC-200")


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(
        name: str, department: Department, *, role: str = Role.EMPLOYEE, is_owner: bool = False, is_active: bool = True
    ) -> User:
        user = User.objects.create_user(
            username=name, first_name=name.capitalize(), email=f"{name}@example.com", role=role, is_active=is_active
        )
        Membership.objects.create(user=user, department=department, is_primary=True, is_owner=is_owner)
        return user

    return make


@pytest.fixture
def alice(make_user: Callable[..., User], marketing: Department) -> User:
    return make_user("alice", marketing)


@pytest.fixture
def bob(make_user: Callable[..., User], marketing: Department) -> User:
    return make_user("bob", marketing)


@pytest.fixture
def ana(make_user: Callable[..., User], marketing: Department) -> User:
    return make_user("ana", marketing, is_owner=True)


@pytest.fixture
def eve(make_user: Callable[..., User], sales: Department) -> User:
    return make_user("eve", sales)


@pytest.fixture
def carol(make_user: Callable[..., User], sales: Department) -> User:
    return make_user("carol", sales, role=Role.POWER_USER)


@pytest.fixture
def dana(make_user: Callable[..., User], sales: Department) -> User:
    return make_user("dana", sales, role=Role.ADMIN)


@pytest.fixture
def frank(make_user: Callable[..., User], marketing: Department) -> User:
    return make_user("frank", marketing, is_active=False)
