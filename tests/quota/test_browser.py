"""The pages of quotas in a real browser."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Department, User
from playground.quota.limits import set_quota
from playground.quota.models import Reservation
from tests.browser.axe import check
from tests.browser.pages import PHONE, WIDE, picture, sign_in_as

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def spent(hold: Callable[..., Reservation], alice: User, marketing: Department, dana: User) -> None:
    """Marketing near its limit, alice well within hers."""
    for scope, target, period, dollars in (
        ("company", None, "month", 1000),
        ("department", marketing, "month", 50),
        ("person", alice, "day", 10),
    ):
        limit = dollars * 1_000_000
        set_quota(scope=scope, target=target, period=period, limit=limit, actor=dana, reason="a new year")
    hold(5_900_000)
    set_quota(scope="department", target=marketing, period="month", limit=7_000_000, actor=dana, reason="less")


def look(page: Page, name: str) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for width, size in (("wide", WIDE), ("phone", PHONE)):
            page.set_viewport_size(size)
            picture(page, f"quota-{name}-{width}-{theme}")
            assert check(page) == []
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0


@pytest.mark.usefixtures("spent")
def test_my_limits_can_be_read_by_everyone(live_server: LiveServer, page: Page, alice: User) -> None:
    sign_in_as(page, alice, live_server.url)
    page.goto(live_server.url + reverse("quota:mine"))
    expect(page.get_by_text("You can spend $1.10 now.")).to_be_visible()
    look(page, "mine")


@pytest.mark.usefixtures("spent")
def test_an_owner_sees_what_a_limit_would_do_while_she_types(live_server: LiveServer, page: Page, ana: User) -> None:
    sign_in_as(page, ana, live_server.url)
    page.goto(live_server.url + reverse("quota:manage"))
    look(page, "manage")
    page.get_by_role("link", name="Change the quota of Marketing per month").click()
    page.get_by_label("Limit", exact=False).first.fill("5.50")
    expect(page.get_by_text("$5.90 is spent or held already: nothing new will be admitted until")).to_be_visible()
    look(page, "edit")
    page.get_by_label("Reason").fill("the campaign is over")
    page.get_by_role("button", name="Set quota").click()
    expect(page.get_by_text("The quota of Marketing is set.")).to_be_visible()
    expect(page.get_by_role("row", name="Marketing Each month")).to_contain_text("$5.50")
