"""Every address of the house is shut unless it is on the list here."""

from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.middleware import SignedInMiddleware
from accounts.models import Session, User

OPEN = {
    *("livez", "readyz", "openapi"),
    *("sign_in", "break_glass", "login", "openid_connect_login", "openid_connect_callback"),
}
# Any id will do: who is not signed in learns nothing, not even whether it exists.
EXAMPLES = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "slug": "some-name", "str": "x", "path": "x"}


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, str]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern).lstrip("^").replace("\\Z", "").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            for name, converter in pattern.pattern.converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                route = route.replace(f"<{kind}:{name}>", EXAMPLES[kind]).replace(f"<{name}>", EXAMPLES["str"])
            yield pattern.name or "", route


def test_a_session_that_has_expired_is_nobodys(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/account/").status_code == 200
    Session.objects.update(expire_date=timezone.now())
    assert client.get("/account/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_without_a_sign_in_every_address_is_shut(client: Client, method: str) -> None:
    answers = {address: getattr(client, method)(address) for name, address in addresses() if name not in OPEN}
    assert len(answers) > 20
    open_ones = {address: a.status_code for address, a in answers.items() if a.status_code not in {302, 401, 404, 405}}
    assert not open_ones
    elsewhere = {a.headers["Location"] for a in answers.values() if a.status_code == 302}
    assert all(place.startswith("/sign-in/") for place in elsewhere), elsewhere


@pytest.mark.django_db
def test_a_page_comes_back_after_the_sign_in(client: Client) -> None:
    assert client.get("/people/?q=a&page=2").headers["Location"] == "/sign-in/?next=%2Fpeople%2F%3Fq%3Da%26page%3D2"


@pytest.mark.django_db
def test_a_part_of_a_page_takes_the_whole_page_there(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?q=a"}
    response = client.post("/account/keys/", headers=headers)
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Fpeople%2F%3Fq%3Da"


def test_nothing_is_kept_by_browser_or_proxy(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert set(client.get("/account/").headers["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Argentina/Buenos_Aires"])
def test_the_browsers_zone_is_hers(client: Client, alice: User, zone: str) -> None:
    client.force_login(alice)
    client.cookies["tz"] = zone
    assert zone in client.get("/account/").content.decode()


@pytest.mark.parametrize("zone", ["", "../../etc/passwd", "America", "Mars/Olympus", "x" * 5000, "a\x00b"])
def test_a_zone_that_is_none_means_the_companys(alice: User, zone: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["tz"] = zone

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(timezone.get_current_timezone_name())

    response = SignedInMiddleware(answer)(request)
    assert isinstance(response, HttpResponse)
    assert response.content == b"America/Sao_Paulo"


async def stream(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user))


@pytest.mark.django_db(transaction=True)
def test_an_async_view_finds_the_person_loaded_and_no_connection_held(alice: User) -> None:
    """It may stream for minutes, in a thread of its own: a connection of its own would be one too many."""
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(lambda: User.objects.get(pk=alice.pk))  # type: ignore[assignment]
    assert SignedInMiddleware(stream).process_view(request, stream, (), {}) is None
    assert connection.connection is None
    assert request.user == alice


@pytest.mark.django_db(transaction=True)
async def test_a_request_over_asgi_is_let_in(async_client: AsyncClient) -> None:
    user = await User.objects.acreate(username="alice")
    await async_client.aforce_login(user)
    answers = [await client.get("/account/") for client in (async_client, AsyncClient())]
    await sync_to_async(connections.close_all)()
    assert [answer.status_code for answer in answers] == [200, 302]
