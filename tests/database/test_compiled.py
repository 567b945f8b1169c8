"""A query that is written once gives what the ORM gives, whatever it is asked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, Membership, User
from playground.database.compiled import Compiled

pytestmark = pytest.mark.django_db

people_of = Compiled(
    lambda department, name: User.objects.filter(
        is_active=True, pk__in=Membership.objects.filter(department=department).values("user"), username=name
    )
)


def test_each_value_goes_to_its_place(alice: User, eve: User) -> None:
    [hers] = alice.departments.all()
    assert people_of(hers.pk, alice.username) == [alice]
    assert people_of(hers.pk, eve.username) == []


def test_the_rows_are_whole(alice: User) -> None:
    [found] = people_of(Department.objects.get(people=alice).pk, alice.username)
    with CaptureQueriesContext(connection) as asked:
        assert (found.email, found.role, found.date_joined) == (alice.email, alice.role, alice.date_joined)
    assert not asked.captured_queries
