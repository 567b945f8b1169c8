"""The elements in a real browser: readable in both themes and on a phone, by keyboard and by a screen reader."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.axe import check
from tests.browser.pages import PHONE, WIDE, picture, sign_in_as

Theme = Literal["light", "dark"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gallery")]


@pytest.fixture
def open_page(page: Page, live_server: LiveServer, ana: User) -> Page:
    sign_in_as(page, ana, live_server.url)
    page.goto(f"{live_server.url}/gallery/")
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("name", "size"), [("wide", WIDE), ("phone", PHONE)])
def test_nothing_on_the_page_is_hard_to_use(open_page: Page, theme: Theme, name: str, size: ViewportSize) -> None:
    open_page.emulate_media(color_scheme=theme)
    open_page.set_viewport_size(size)
    picture(open_page, f"look-{theme}-{name}")
    assert check(open_page) == []


@pytest.mark.parametrize("width", [360, 390, 768, 1440])
def test_the_page_never_scrolls_sideways(open_page: Page, width: int) -> None:
    open_page.set_viewport_size({"width": width, "height": 800})
    assert open_page.evaluate("document.documentElement.scrollWidth") <= width


# What Chromium does not understand, it leaves out of its rules.
COUNT_RULES = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  const count = rules => [...rules].reduce((sum, rule) => sum + 1 + count(rule.cssRules ?? []), 0);
  return count([...sheet.cssRules].filter(rule => !(rule instanceof CSSLayerStatementRule)));
}"""


def test_the_browser_understands_every_rule(page: Page) -> None:
    for path in sorted(Path("static/css").glob("*.css")):
        sheet = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        assert page.evaluate(COUNT_RULES, sheet) == sheet.count("{") - sheet.count("::-moz-"), path.name
