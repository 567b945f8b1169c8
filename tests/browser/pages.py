"""A real Chromium for browser tests: `page`, signing in, and pictures.

The fixtures are loaded in tests/conftest.py. Every page is watched: a breach of the Content-Security-Policy or an
uncaught error in a script fails the test that met it.
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from accounts.models import User
from tests.browser.chromium import PHONE, WIDE, chromium

__all__ = ["PHONE", "WIDE", "browser", "page", "picture", "sign_in_as", "watch"]

# Milliseconds: a thing that does not come in this time does not come.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """One a module, because Playwright keeps an event loop running that no asynchronous test could share."""
    with pytest.MonkeyPatch.context() as patch, chromium() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    faults = watch(page)
    yield page
    context.close()
    assert not faults, "\n".join(faults)


def watch(page: Page) -> list[str]:
    """What goes wrong on the page from now on: uncaught errors and breaches of the Content-Security-Policy."""
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", hear)
    return faults


def sign_in_as(page: Page, user: User, url: str) -> None:
    """Give the browser a session of this person on the site at `url`, as if she had just come from sign-in."""
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])


def picture(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of the page when the variable SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        path = Path(folder) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=whole)
