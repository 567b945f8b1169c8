"""The walls of the browser stand on every answer: pages, files, errors and the health check."""

import pytest
from django.conf import settings
from django.test import AsyncClient, Client

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery")]

PATHS = ["/gallery/", "/livez", "/nowhere/", "/forbid/"]
WALLS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("name", "value"), WALLS.items())
def test_every_answer_carries_it(client: Client, path: str, name: str, value: str) -> None:
    assert client.get(path).headers[name] == value


@pytest.mark.django_db(transaction=True)
async def test_the_answer_of_an_async_view_carries_it(async_client: AsyncClient, alice: User) -> None:
    await async_client.aforce_login(alice)
    response = await async_client.get("/refuse-async/")
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS)
def test_no_device_may_be_asked_for(client: Client, path: str) -> None:
    assert "camera=()" in client.get(path).headers["Permissions-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_the_policy_starts_from_nothing(client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_scripts_styles_and_images_are_our_own() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["script-src"] == directives["style-src"] == directives["img-src"] == ["'self'"]
