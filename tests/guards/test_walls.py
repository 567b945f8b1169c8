"""What stands on every answer, whoever asks: the content policy, no guests from other sites, nothing kept."""

import hashlib
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests.guards.test_matrix import ASYNC, RULES, Rule
from tests.guards.world import World, missing_arguments, url_table

EVIL = "https://evil.example"
PAGES = [rule for rule in RULES if rule.name not in ASYNC and rule.get == 200]
FORMS = sorted({rule.name for rule in RULES if rule.post in {200, 302, 422} and rule.name not in ASYNC | {"livez"}})
# Written by looking: the sign-ins, and when a key was last used.
CHANGED_BY_LOOKING = {"accounts_session", "accounts_apikey"}


@pytest.mark.parametrize("rule", PAGES, ids=lambda rule: rule.name)
def test_every_page_has_its_walls(world: World, rule: Rule) -> None:
    path = reverse(rule.name, kwargs=world.objects[rule.on] if rule.on else {})
    for actor in ("dana", "alice", "carol", "anonymous"):
        response = world.client(actor).get(path, headers={"Origin": EVIL})
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not [name for name in response.headers if name.lower().startswith("access-control-")]
        assert "no-store" in response.headers["Cache-Control"]
        assert "private" in response.headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_worker")
@pytest.mark.parametrize("name", sorted(ASYNC))
def test_streams_and_the_api_have_them_too(world: World, name: str) -> None:
    path = reverse(
        name, kwargs=world.objects["run"] if name.startswith("runs") else missing_arguments(url_table()[name])
    )
    actor = "alice" if name.startswith("runs") else "alice's key"
    response = world.client(actor).get(path, headers={"Origin": EVIL})
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("name", FORMS)
def test_nothing_changes_without_the_token_of_the_page(world: World, name: str) -> None:
    path = reverse(name, kwargs=missing_arguments(url_table()[name]))
    client = world.client("dana", enforce_csrf_checks=True)
    assert client.post(path, {"csrfmiddlewaretoken": "a" * 64}).status_code == 403
    assert client.post(path, "{}", content_type="text/plain").status_code == 403


def test_looking_changes_nothing(world: World) -> None:
    clients = [world.client(actor) for actor in ("dana", "alice")]
    before = contents()
    for rule in (rule for rule in RULES if rule.name not in ASYNC):
        for client in clients:
            client.get(reverse(rule.name, kwargs=world.objects[rule.on] if rule.on else {}))
    assert contents() == before


def contents() -> dict[str, str]:
    """A hash of each table."""
    return {
        name: hashlib.sha256(repr(rows).encode()).hexdigest()
        for name, rows in tables().items()
        if name not in CHANGED_BY_LOOKING
    }


def tables() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the database, as text."""
    with connection.cursor() as cursor:
        rows = {}
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t ORDER BY 1")  # noqa: S608
            rows[table] = cursor.fetchall()
    return rows


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "https:evil.example", "/\\evil.example", "\t//evil.example", "javascript:alert(1)"),
        *("https://evil.example/", "///evil.example", "\\\\evil.example", "http:///evil.example", "word", "a.b"),
    ],
)
def test_nobody_is_sent_elsewhere(world: World, target: str) -> None:
    response = world.client("alice").get(reverse("sign_in"), {"next": target})
    assert response.headers["Location"] == settings.LOGIN_REDIRECT_URL
    page = Client().get(reverse("sign_in"), {"next": target})
    assert f'value="{escape(target)}"' not in page.content.decode()


def test_the_button_that_stops_leads_nowhere_else(world: World) -> None:
    path = reverse("runs:cancel", kwargs=world.objects["run"])
    response = world.client("alice").post(path, headers={"Referer": f"{EVIL}/x"})
    assert response.headers["Location"] == "/"


def test_cookies_are_locked_under_https() -> None:
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,"
        "s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.CSRF_COOKIE_HTTPONLY, s.CSRF_COOKIE_SAMESITE,"
        "s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN)"
    )
    environment = os.environ | {"SITE_URL": "https://play.example", "DJANGO_SETTINGS_MODULE": "playground.settings"}
    said = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)  # noqa: S603
    assert said.split() == [
        *("__Host-session", "True", "True", "Lax"),
        *("__Host-csrf", "True", "True", "Lax"),
        *("/", "None"),
    ]
