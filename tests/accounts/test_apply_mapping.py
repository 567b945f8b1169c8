import pytest

from accounts.departments import find_or_create_department, primary_department
from accounts.models import AuditEvent, Department, Membership, Role, Source, User
from accounts.people import set_manual_membership, set_role
from accounts.sso import Mapping, apply_mapping


def places(user: User) -> set[str]:
    return {place.department.name for place in user.memberships.select_related("department")}


def test_departments_are_made_when_they_are_new(alice: User) -> None:
    apply_mapping(alice, Mapping(departments=("R&D", "R D", "営業")))
    assert places(alice) == {"R&D", "R D", "営業"}
    assert len(set(Department.objects.values_list("slug", flat=True))) == 4


def test_capitals_make_no_other_department(alice: User, marketing: Department) -> None:
    apply_mapping(alice, Mapping(departments=("MARKETING",)))
    assert primary_department(alice) == marketing


def test_the_department_that_pays_goes_on_paying(alice: User, marketing: Department) -> None:
    apply_mapping(alice, Mapping(departments=("Sales", "Marketing")))
    assert primary_department(alice) == marketing


def test_when_it_is_gone_the_first_one_pays(alice: User) -> None:
    apply_mapping(alice, Mapping(departments=("Sales", "Legal")))
    assert str(primary_department(alice)) == "Sales"


def test_an_archived_department_pays_for_nobody(alice: User, marketing: Department) -> None:
    Department.objects.filter(pk=marketing.pk).update(archived_at="2026-01-01T00:00Z")
    assert primary_department(alice) is None


def test_what_is_no_longer_said_is_removed(carol: User) -> None:
    apply_mapping(carol, Mapping())
    carol.refresh_from_db()
    assert places(carol) == set()
    assert carol.role == Role.EMPLOYEE


def test_what_was_set_by_hand_stays(alice: User, dana: User) -> None:
    set_manual_membership(alice, department="Legal", is_owner=True, actor=dana)
    set_role(alice, role=Role.POWER_USER, actor=dana)
    alice = apply_mapping(alice, Mapping(departments=("Legal",)))
    place = Membership.objects.get(user=alice)
    assert (place.department.name, place.is_owner, place.source) == ("Legal", True, Source.MANUAL)
    assert alice.role == Role.POWER_USER


def test_an_owner_may_stop_being_one(ana: User) -> None:
    apply_mapping(ana, Mapping(departments=("Marketing",)))
    assert not Membership.objects.get(user=ana).is_owner


def test_a_change_is_in_the_audit_and_no_change_is_not(alice: User) -> None:
    for _ in range(2):
        apply_mapping(alice, Mapping(departments=("Sales",), name="Alice"))
    event = AuditEvent.objects.get(action="person.synced")
    assert event.actor is None
    assert set(event.before["departments"]) == {"Marketing"}
    assert set(event.after["departments"]) == {"Sales"}


@pytest.mark.django_db(transaction=True)
def test_two_departments_of_one_slug_do_not_meet() -> None:
    assert {find_or_create_department(name).slug for name in ("R D", "R-D", "r d")} == {"r-d", "r-d-2"}
