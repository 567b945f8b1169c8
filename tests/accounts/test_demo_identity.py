"""The demo company's sign-in shows its people, and can do no more than sign them in."""

from flask.testing import FlaskClient

from accounts.models import Role
from accounts.sso import map_claims
from playground.demo.identity.app import make_app
from playground.demo.people import PEOPLE

AUTHORIZE = "/oauth2/authorize?client_id=x&response_type=code&scope=openid&redirect_uri=http://localhost/back&state=s"


def provider(*, editable: bool = False) -> FlaskClient:
    return make_app(editable=editable).test_client()


def test_everybody_is_on_the_page_with_who_they_are() -> None:
    page = provider().get(AUTHORIZE).text
    assert all(word in page for person in PEOPLE for word in (person.name, person.title, person.departments[0]))
    assert "<script" not in page
    assert "style=" not in page


def test_a_click_is_the_password() -> None:
    response = provider().post(AUTHORIZE, data={"sub": "alice"})
    assert response.headers["Location"].startswith("http://localhost/back?code=")


def test_nobody_changes_people_but_a_test() -> None:
    assert provider().put("/users/alice", json={"role": "admin"}).status_code == 404
    assert provider(editable=True).put("/users/alice", json={"role": "admin"}).status_code == 204


def test_what_a_sign_in_does_not_need_is_not_there() -> None:
    client = provider()
    assert client.get("/oidc/login").status_code == 404
    assert client.post("/oauth2/clients", json={"redirect_uris": ["http://localhost/"]}).status_code == 404
    assert client.get("/oauth2/end_session").status_code == 404


def test_another_host_name_is_refused() -> None:
    assert provider().get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_request_that_makes_no_sense_gets_a_page() -> None:
    response = provider().get("/oauth2/authorize?client_id=x&response_type=nonsense&redirect_uri=http://localhost/")
    assert response.status_code == 400
    assert "This sign-in cannot go on" in response.text


def test_what_it_says_is_what_the_cast_is() -> None:
    mappings = {person.sub: map_claims(person.claims()) for person in PEOPLE}
    assert mappings["dana"].role == Role.ADMIN
    assert mappings["carol"].role == Role.POWER_USER
    assert mappings["ana"].owns == {"Marketing"}
    assert mappings["alice"].departments == mappings["bob"].departments == ("Marketing",)
    assert len({mapping.email for mapping in mappings.values()}) == len(PEOPLE)
