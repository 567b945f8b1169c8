import pytest
from pytest_django import Settings

from accounts.models import Role
from accounts.sso import map_claims, uid_for


@pytest.mark.parametrize("claim", [{}, {"departments": []}, {"departments": None}, {"departments": {"a": 1}}])
def test_no_department_means_none(claim: dict[str, object]) -> None:
    assert map_claims(claim).departments == ()


def test_departments_may_be_one_word_or_a_list() -> None:
    assert map_claims({"departments": "Sales"}).departments == ("Sales",)
    assert map_claims({"departments": ["Sales", " Sales", "", 7, "Legal"]}).departments == ("Sales", "Legal")


def test_a_name_that_fits_no_department_is_left_out() -> None:
    assert map_claims({"departments": ["x" * 121, "Sa\x00les"]}).departments == ("Sales",)


def test_who_owns_a_department_is_in_it() -> None:
    mapping = map_claims({"departments": ["Sales"], "owns": "Legal"})
    assert mapping.departments == ("Sales", "Legal")
    assert mapping.owns == {"Legal"}


@pytest.mark.parametrize("claim", [{}, {"role": []}, {"role": "root"}, {"role": True}, {"role": {"admin": True}}])
def test_no_role_means_employee(claim: dict[str, object]) -> None:
    assert map_claims(claim).role == Role.EMPLOYEE


def test_of_several_roles_the_highest_counts() -> None:
    assert map_claims({"role": ["employee", "admin", "power_user"]}).role == Role.ADMIN


def test_claims_have_the_names_the_settings_give_them(settings: Settings) -> None:
    settings.OIDC_DEPARTMENT_CLAIM, settings.OIDC_ROLE_CLAIM = "groups", "roles"
    mapping = map_claims({"groups": ["Sales"], "roles": ["power_user"], "departments": ["Legal"], "role": "admin"})
    assert (mapping.departments, mapping.role) == (("Sales",), Role.POWER_USER)


def test_a_list_of_names_translates_and_is_the_whole_truth(settings: Settings) -> None:
    settings.OIDC_DEPARTMENT_NAMES, settings.OIDC_ROLE_NAMES = {"6f1": "Sales"}, {"pg-admins": "admin"}
    mapping = map_claims({"departments": ["6f1", *(str(n) for n in range(300))], "role": ["pg-admins"]})
    assert (mapping.departments, mapping.role) == (("Sales",), Role.ADMIN)


def test_her_name_is_the_best_that_is_said() -> None:
    assert map_claims({"name": " 山田 由紀 ", "preferred_username": "yuki"}).name == "山田 由紀"
    assert map_claims({"preferred_username": "yuki"}).name == "yuki"


def test_what_she_is_called_is_only_what_is_said() -> None:
    assert map_claims({"name": "山田 由紀", "given_name": " 由紀 "}).given_name == "由紀"
    assert map_claims({"name": "Alice Moreau"}).given_name == ""


def test_an_address_that_is_none_is_left_out() -> None:
    assert map_claims({"email": "a@vela.example"}).email == "a@vela.example"
    assert map_claims({"email": "nobody\r\nBcc: x@y.example"}).email == ""


def test_issuer_and_subject_make_one_person() -> None:
    assert uid_for("https://a.example", "1") == uid_for("https://a.example", "1")
    assert (
        len({uid_for("https://a.example", "1"), uid_for("https://b.example", "1"), uid_for("https://a.example", "2")})
        == 3
    )
    assert len(uid_for("https://a.example/" + "x" * 500, "s" * 255)) <= 191
