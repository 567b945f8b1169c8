"""What the small scripts add in a browser, and that the page works without them."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.pages import PHONE, sign_in_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gallery")]


@pytest.fixture
def open_page(page: Page, live_server: LiveServer, ana: User) -> Page:
    sign_in_as(page, ana, live_server.url)
    page.goto(f"{live_server.url}/gallery/")
    return page


def test_a_theme_stays_chosen(open_page: Page) -> None:
    open_page.get_by_role("button", name="Ana").click()
    open_page.get_by_role("button", name="Dark").click()
    open_page.reload()
    expect(open_page.locator("html")).to_have_attribute("data-theme", "dark")


def test_who_travels_takes_her_time_zone_along(browser: Browser, live_server: LiveServer, ana: User) -> None:
    context = browser.new_context(timezone_id="Asia/Tokyo")
    page = context.new_page()
    sign_in_as(page, ana, live_server.url)
    page.goto(f"{live_server.url}/gallery/")
    page.goto(f"{live_server.url}/account/")
    expect(page.get_by_text("Asia/Tokyo")).to_be_visible()
    context.close()


def test_a_hidden_sidebar_stays_hidden(open_page: Page) -> None:
    open_page.get_by_role("button", name="Hide sidebar").click()
    open_page.reload()
    expect(open_page.locator("#sidebar")).to_be_hidden()
    open_page.get_by_role("button", name="Show sidebar").click()
    expect(open_page.locator("#sidebar")).to_be_visible()


def test_a_menu_opens_with_the_arrow_key_and_closes_with_escape(open_page: Page) -> None:
    button = open_page.get_by_role("button", name="More: Title ideas")
    button.focus()
    open_page.keyboard.press("ArrowDown")
    expect(open_page.get_by_role("button", name="Rename")).to_be_focused()
    open_page.keyboard.press("ArrowDown")
    expect(open_page.get_by_role("button", name="Delete")).to_be_focused()
    open_page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_a_copied_block_says_so(open_page: Page) -> None:
    open_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page.locator("#status").evaluate("status => (status.dataset.copied = 'Copiado')")
    open_page.get_by_role("button", name="Copy", exact=True).first.click()
    expect(open_page.locator("#status")).to_have_text("Copiado")
    expect(open_page.get_by_role("button", name="Copiado")).to_be_visible()
    assert "class Price:" in open_page.evaluate("navigator.clipboard.readText()")


def test_copying_works_where_the_browser_has_no_clipboard(open_page: Page) -> None:
    open_page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    open_page.locator("[data-copy]").first.click()
    expect(open_page.locator("#status")).to_have_text("Copied")


def test_a_deed_is_done_only_when_confirmed(open_page: Page) -> None:
    open_page.get_by_role("button", name="Send").last.click()
    open_page.get_by_role("button", name="Cancel").click()
    expect(open_page.locator(".toast")).to_have_count(0)
    open_page.get_by_role("button", name="Send").last.click()
    open_page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(open_page.locator(".toast")).to_contain_text("was deleted")


def test_a_refusal_keeps_what_was_typed(open_page: Page) -> None:
    open_page.get_by_label("Words").fill("A long text")
    open_page.get_by_role("button", name="Try").click()
    expect(open_page.locator("#refusal")).to_contain_text("Marketing has used its budget.")
    expect(open_page.get_by_label("Words")).to_have_value("A long text")


def test_a_fault_of_ours_is_a_toast_and_no_page_in_the_page(open_page: Page) -> None:
    open_page.get_by_role("button", name="Break").click()
    expect(open_page.locator(".toast")).to_contain_text("Something broke on our side")
    expect(open_page.locator("#tried")).to_be_empty()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "could not be done"),
        (403, "not allowed"),
        (404, "not there any more"),
        (405, "could not be done"),
        (409, "has changed meanwhile"),
        (413, "more than can be sent"),
        (429, "Too many requests"),
        (502, "broke on our side"),
    ],
)
def test_a_strange_answer_is_said_and_nothing_is_lost(open_page: Page, status: int, words: str) -> None:
    open_page.route("**/refuse/", lambda route: route.fulfill(status=status, body="<h1>Said by a proxy</h1>"))
    open_page.get_by_label("Words").fill("A long text")
    open_page.get_by_role("button", name="Try").click()
    expect(open_page.locator(".toast")).to_contain_text(words)
    expect(open_page.get_by_text("Said by a proxy")).to_have_count(0)
    expect(open_page.get_by_label("Words")).to_have_value("A long text")


def test_a_form_that_comes_back_where_it_has_no_place_is_said(open_page: Page) -> None:
    open_page.route("**/refuse/", lambda route: route.fulfill(status=422, body="<form></form>"))
    open_page.locator("#try").evaluate("form => form.setAttribute('hx-swap', 'none')")
    open_page.get_by_role("button", name="Try").click()
    expect(open_page.locator(".toast")).to_contain_text("could not be done")


def test_a_lost_connection_is_said(open_page: Page) -> None:
    open_page.context.set_offline(True)
    open_page.get_by_role("button", name="Try").click()
    expect(open_page.locator(".toast")).to_contain_text("cannot be reached")


def test_the_sidebar_of_a_phone_opens_without_scripts(browser: Browser, live_server: LiveServer, ana: User) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    sign_in_as(page, ana, live_server.url)
    page.goto(f"{live_server.url}/gallery/")
    page.get_by_role("button", name="Open sidebar").click()
    expect(page.get_by_role("link", name="Meeting notes")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Meeting notes")).to_be_hidden()
    context.close()


def test_the_frame_is_light(open_page: Page) -> None:
    sizes = open_page.evaluate(
        "performance.getEntriesByType('resource').map(file => [file.name, file.decodedBodySize])"
    )
    assert sum(size for name, size in sizes if name.endswith(".js")) < 70_000
    assert sum(size for _, size in sizes) < 150_000
