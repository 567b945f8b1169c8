import pytest
from django.test import Client

from accounts.departments import primary_department
from accounts.errors import NotPossible
from accounts.models import AuditEvent, Membership, Role, Session, Source, User
from accounts.people import (
    disable_user,
    enable_user,
    remove_manual_membership,
    set_manual_membership,
    set_primary,
    set_role,
)


def test_a_disabled_person_is_out_at_her_next_request(client: Client, alice: User, dana: User) -> None:
    client.force_login(alice)
    assert client.get("/account/").status_code == 200
    disable_user(alice, actor=dana, reason="left")
    assert client.get("/account/").status_code == 302


def test_her_sessions_do_not_come_back_with_her(client: Client, alice: User, bob: User, dana: User) -> None:
    other = Client()
    client.force_login(alice)
    other.force_login(bob)
    disable_user(alice, actor=dana, reason="left")
    enable_user(alice, actor=dana, reason="came back")
    assert client.get("/account/").status_code == 302
    assert list(Session.objects.values_list("user_id", flat=True)) == [bob.pk]


def test_flagging_her_inactive_is_enough_for_the_next_request(client: Client, alice: User) -> None:
    client.force_login(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302


def test_disabling_twice_is_one_line_of_the_audit(alice: User, dana: User) -> None:
    disable_user(alice, actor=dana, reason="left")
    disable_user(alice, actor=dana, reason="left")
    event = AuditEvent.objects.get(action="person.disabled")
    assert (event.actor, event.target_id, event.reason) == (dana, str(alice.pk), "left")


def test_nobody_shuts_herself_out(dana: User) -> None:
    with pytest.raises(NotPossible):
        disable_user(dana, actor=dana, reason="oops")
    with pytest.raises(NotPossible):
        set_role(dana, role=Role.EMPLOYEE, actor=dana)


def test_a_role_by_hand_is_marked_so(alice: User, dana: User) -> None:
    alice = set_role(alice, role=Role.POWER_USER, actor=dana, reason="writes tools")
    assert (alice.role, alice.role_source) == (Role.POWER_USER, Source.MANUAL)
    assert AuditEvent.objects.get(action="person.role_set").after == {"role": "power_user", "source": "manual"}


def test_giving_the_role_back_makes_her_an_employee_for_now(alice: User, dana: User) -> None:
    set_role(alice, role=Role.ADMIN, actor=dana)
    alice = set_role(alice, role=None, actor=dana)
    assert (alice.role, alice.role_source) == (Role.EMPLOYEE, Source.SSO)


def test_a_role_of_the_sign_in_is_not_taken_by_giving_it_back(carol: User, dana: User) -> None:
    assert set_role(carol, role=None, actor=dana).role == Role.POWER_USER


def test_the_first_place_pays(alice: User, dana: User) -> None:
    Membership.objects.filter(user=alice).delete()
    set_manual_membership(alice, department="Legal", is_owner=False, actor=dana)
    assert str(primary_department(alice)) == "Legal"


def test_another_place_may_pay(alice: User, dana: User) -> None:
    set_primary(set_manual_membership(alice, department="Legal", is_owner=False, actor=dana), actor=dana)
    assert str(primary_department(alice)) == "Legal"
    assert Membership.objects.filter(user=alice, is_primary=True).count() == 1


def test_a_place_of_the_sign_in_is_not_removed_by_hand(alice: User, dana: User) -> None:
    with pytest.raises(NotPossible):
        remove_manual_membership(Membership.objects.get(user=alice), actor=dana)


def test_when_the_paying_place_goes_another_pays(alice: User, dana: User) -> None:
    place = set_manual_membership(alice, department="Legal", is_owner=False, actor=dana)
    set_primary(place, actor=dana)
    remove_manual_membership(place, actor=dana)
    assert str(primary_department(alice)) == "Marketing"
