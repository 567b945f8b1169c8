"""Sign-in through the demo identity provider: a real one, in a process of its own."""

from collections.abc import Callable

import pytest
import requests
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.departments import primary_department
from accounts.models import AuditEvent, Role, User
from accounts.people import disable_user
from accounts.sso import account_for, apply_mapping, map_claims
from playground.demo.people import PEOPLE
from playground.up.ports import free_port
from tests.accounts.browser import Browser, query
from tests.accounts.conftest import trust


def test_the_page_has_one_way_in(browser: Browser) -> None:
    page = browser.client.get("/sign-in/").content.decode()
    assert page.count("<form") == 1
    assert 'type="password"' not in page
    assert "Continue with" in page


def test_a_person_comes_in_with_her_department_and_role(browser: Browser) -> None:
    assert browser.sign_in("carol").status_code == 302
    user = browser.user
    assert user is not None
    assert (str(user), user.role, user.email) == ("Carol Jensen", Role.POWER_USER, "carol@vela.example")
    assert str(primary_department(user)) == "Sales"
    assert not user.has_usable_password()


def test_she_is_the_same_person_the_next_time(browser: Browser) -> None:
    browser.sign_in("alice")
    first = browser.user
    browser.client.logout()
    browser.sign_in("alice")
    assert browser.user == first
    assert User.objects.count() == 1


def test_she_lands_where_she_wanted_to_go(browser: Browser) -> None:
    assert browser.sign_in("alice", next="/account/keys/").headers["Location"] == "/account/keys/"


@pytest.mark.parametrize(
    "evil", ["//evil.example", "https:evil.example", "/\\evil.example", "\t//evil.example", "javascript:alert(1)"]
)
def test_she_never_lands_elsewhere(browser: Browser, evil: str) -> None:
    assert 'name="next" value="/"' in browser.client.get("/sign-in/", {"next": evil}).content.decode()
    assert browser.sign_in("alice", next=evil).headers["Location"] == "/"
    assert browser.client.get("/sign-in/", {"next": evil}).headers["Location"] == "/"


def test_the_way_there_carries_pkce_a_nonce_and_nothing_of_the_browsers_choice(browser: Browser) -> None:
    address = browser.client.post(
        reverse("openid_connect_login") + "?scope=admin&auth_params=prompt%3Dnone&process=connect"
    ).headers["Location"]
    sent = query(address)
    assert sent["code_challenge_method"] == "S256"
    assert len(sent["nonce"]) > 20
    assert set(sent["scope"].split()) == {"openid", "profile", "email"}
    assert "prompt" not in sent


def test_only_a_post_starts_a_sign_in(browser: Browser) -> None:
    assert browser.client.get(reverse("openid_connect_login")).headers["Location"] == "/sign-in/"


def test_another_sites_form_starts_nothing(browser: Browser) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("openid_connect_login")).status_code == 403


def test_a_wrong_state_is_refused_in_words(browser: Browser) -> None:
    back = browser.choose(browser.leave(), "alice")
    response = browser.come_back(back.replace("state=", "state=x"))
    assert response.status_code == 401
    assert b"Start again" in response.content
    assert browser.user is None


def test_a_way_back_works_once(browser: Browser) -> None:
    back = browser.choose(browser.leave(), "alice")
    browser.come_back(back)
    browser.client.logout()
    assert browser.come_back(back).status_code == 401


def test_a_way_back_works_only_in_the_browser_that_left(browser: Browser) -> None:
    back = browser.choose(browser.leave(), "alice")
    assert Browser(Client(), browser.issuer).come_back(back).status_code == 401


def test_a_code_of_another_sign_in_is_refused(browser: Browser) -> None:
    """Login CSRF: the attacker's code under the victim's state. The nonce tells."""
    foreign = query(browser.choose(Browser(Client(), browser.issuer).leave(), "eve"))["code"]
    mine = query(browser.leave())["state"]
    response = browser.come_back(f"/accounts/oidc/sso/login/callback/?code={foreign}&state={mine}")
    assert response.status_code == 401
    assert browser.user is None


def test_cancelling_is_no_error(browser: Browser) -> None:
    address = browser.leave()
    back = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=5).headers["Location"]
    assert b"You cancelled" in browser.come_back(back).content


def test_a_provider_that_does_not_answer_is_named(browser: Browser, settings: Settings) -> None:
    trust(settings, f"http://127.0.0.1:{free_port()}")
    response = browser.client.post(reverse("openid_connect_login"))
    assert response.status_code == 502
    assert b"Vela SSO does not answer" in response.content


def test_a_provider_that_calls_itself_otherwise_is_refused(browser: Browser, settings: Settings) -> None:
    settings.OIDC_ISSUER = "https://login.example"
    assert browser.client.post(reverse("openid_connect_login")).status_code == 401


def test_the_same_subject_of_another_issuer_is_another_person(browser: Browser) -> None:
    theirs = account_for("https://old.example", "alice").user
    browser.sign_in("alice")
    assert browser.user is not None
    assert browser.user != theirs


def test_the_e_mail_of_another_opens_nothing(browser: Browser, dana: User, company_says: Callable[..., None]) -> None:
    company_says("bob", name="Bob", email=dana.email, email_verified=True, preferred_username=dana.username)
    browser.sign_in("bob")
    assert browser.user is not None
    assert browser.user != dana
    assert browser.user.role == Role.EMPLOYEE


def test_a_new_name_at_the_company_is_still_her(browser: Browser, company_says: Callable[..., None]) -> None:
    browser.sign_in("bob")
    before = browser.user
    company_says("bob", name="Bob Moreau", preferred_username="alice", email="alice@vela.example")
    browser.sign_in("bob")
    assert browser.user == before


def test_what_the_company_no_longer_says_is_gone(browser: Browser, company_says: Callable[..., None]) -> None:
    browser.sign_in("dana")
    company_says("dana", name="Dana Whitfield")
    browser.sign_in("dana")
    assert browser.user is not None
    assert browser.user.role == Role.EMPLOYEE
    assert primary_department(browser.user) is None


def test_without_a_department_she_may_sign_in_and_is_told(browser: Browser, company_says: Callable[..., None]) -> None:
    company_says("eve", name="Eve Okafor")
    browser.sign_in("eve")
    assert "No department pays for you yet" in browser.client.get("/account/").content.decode()


def test_a_disabled_person_is_told_so_and_stays_out(browser: Browser, dana: User) -> None:
    frank = next(person for person in PEOPLE if person.sub == "frank")
    user = account_for(browser.issuer, "frank").user
    disable_user(apply_mapping(user, map_claims(frank.claims())), actor=dana, reason="left")
    response = browser.sign_in("frank")
    assert response.status_code == 403
    assert b"switched off" in response.content
    assert browser.user is None


def test_a_claim_that_names_an_address_is_never_fetched(browser: Browser, company_says: Callable[..., None]) -> None:
    company_says("bob", name="Bob", picture=f"{browser.issuer}/never", zoneinfo="../../etc/passwd")
    assert browser.sign_in("bob").status_code == 302


def test_headers_that_name_a_person_mean_nothing(client: Client, dana: User) -> None:
    for header in ("X-Remote-User", "X-User-Id", "X-Forwarded-User", "Remote-User"):
        assert client.get("/people/", headers={header: dana.username}).status_code == 302


def test_signing_out_needs_a_post_and_ends_the_session(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302


def test_the_first_sign_in_is_in_the_audit(browser: Browser) -> None:
    browser.sign_in("alice")
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["person.created", "person.synced"]
