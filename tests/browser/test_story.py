"""A day of everybody who uses it, in a real browser: server, worker, provider and identity provider are processes."""

import json
import re
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from accounts.models import Department, User
from hub.starters import load_starters
from playground.catalog.models import Model
from playground.runs.models import Run, RunState
from playground.up.ports import wait_open
from tests.browser.pages import WIDE, sign_in_as, watch
from tests.fake_provider import FakeProvider
from tests.stack import Stack, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

Window = Callable[..., Page]
ANSWER_SECONDS = 15_000
RICH = "## Plan\n\nFirst **this**.\n\n```python\nprint('hello')\n```\n\n| Who | When |\n|---|---|\n| Ana | Friday |\n"
LONG = " ".join(f"word{number}" for number in range(120))


@pytest.fixture
def quick(make_model: Callable[..., Model], fake_provider: FakeProvider) -> Model:
    return make_model(base_url=f"{fake_provider.base_url}/v1")


@pytest.fixture
def window(browser: Browser, stack: Stack) -> Iterator[Window]:
    """`window(alice)` is her browser, on the first page; whatever else goes wrong in one fails the test."""
    contexts, faults = [], []

    def open_for(user: User | None = None, path: str = "/", **options: object) -> Page:
        context = browser.new_context(viewport=WIDE, **options)  # type: ignore[arg-type]
        context.set_default_timeout(ANSWER_SECONDS)
        page = context.new_page()
        contexts.append(context)
        faults.append(watch(page))
        if user is not None:
            sign_in_as(page, user, stack.url)
        page.goto(stack.url + path)
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert not [fault for found in faults for fault in found]


def send(page: Page, question: str) -> None:
    page.get_by_label("Your message").fill(question)
    page.wait_for_load_state()  # before its scripts are there, Enter is a new line
    page.get_by_label("Your message").press("Enter")


def set_limit(page: Page, limit: str, reason: str) -> None:
    page.get_by_role("link", name="Change the quota of Marketing per month").click()
    page.get_by_label("Limit", exact=False).first.fill(limit)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Set quota").click()
    expect(page.get_by_text("The quota of Marketing is set.")).to_be_visible()


def call_api(stack: Stack, key: str) -> int:
    connection = HTTPConnection(urlsplit(stack.url).netloc, timeout=10)
    connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {key}"})
    response = connection.getresponse()
    assert response.status != 200 or json.loads(response.read())["data"][0]["id"] == "quick"
    connection.close()
    return response.status


@pytest.mark.usefixtures("quick")
def test_an_employee_signs_in_at_her_company_and_out_again(window: Window, stack: Stack, settings: Settings) -> None:
    settings.OIDC_ISSUER = stack.issuer
    call_command("load_demo")
    assert wait_open(urlsplit(stack.issuer).port or 0)
    page = window()
    page.get_by_role("button", name="Continue with Demo sign-in").click()
    page.get_by_role("button", name="Alice Moreau").click()
    expect(page.get_by_role("heading", name="Hello, Alice")).to_be_visible()
    page.get_by_role("button", name="Alice Moreau").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Continue with Demo sign-in").click()
    page.get_by_role("button", name="Frank Doyle").click()
    expect(page.get_by_role("heading", name="Your access is switched off")).to_be_visible()
    page.goto(stack.url)
    expect(page.get_by_role("button", name="Continue with Demo sign-in")).to_be_visible()


@pytest.mark.usefixtures("quick")
def test_an_answer_grows_before_her_eyes(window: Window, alice: User, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=RICH, rate=8)
    page = window(alice)
    send(page, "Make a plan")
    expect(page.locator(".answer-live").get_by_role("heading", name="Plan")).to_be_visible()
    assert Run.objects.get().state == RunState.RUNNING
    expect(page.locator(".answer[data-state=done] pre span").first).to_be_visible()
    expect(page.locator(".answer td").last).to_have_text("Friday")
    expect(page.get_by_role("link", name="Make a plan")).to_have_attribute("aria-current", "page")


@pytest.mark.usefixtures("quick")
def test_stop_reaches_the_provider_at_once(window: Window, alice: User, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=LONG, rate=4)
    page = window(alice)
    send(page, "Tell me everything")
    expect(page.locator(".answer-live")).to_contain_text("word3")
    page.get_by_role("button", name="Stop the answer (Esc)").click()
    fake_provider.wait_until_idle()
    expect(page.locator(".answer[data-state=cancelled]")).to_be_visible()


@pytest.mark.usefixtures("quick")
def test_a_reload_and_a_second_tab_show_what_the_provider_sent(
    window: Window, alice: User, fake_provider: FakeProvider
) -> None:
    fake_provider.script(text=LONG, rate=60)
    page = window(alice)
    send(page, "Tell me everything")
    expect(page.locator(".answer-live")).to_contain_text("word20")
    second = page.context.new_page()
    second.goto(page.url)
    page.reload()
    for tab in (page, second):
        expect(tab.locator(".answer[data-state=done] .answer-closed")).to_have_text(LONG)
    assert Run.objects.get().output == LONG


def test_an_employee_finds_a_tool_runs_it_and_keeps_the_answer(
    *, window: Window, alice: User, carol: User, quick: Model, fake_provider: FakeProvider
) -> None:
    load_starters(carol, carol.departments.get(), model=quick)
    fake_provider.script(text=RICH, rate=8)
    page = window(alice, "/hub/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Search").fill("plain")
    expect(page.get_by_role("link", name="Meeting notes")).to_have_count(0)
    page.get_by_role("link", name="Say it in plain language").click()
    page.get_by_role("link", name="Fill in a sample").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".answer-live").get_by_role("heading", name="Plan")).to_be_visible()
    expect(page.locator("#answer .tool-run")).to_contain_text("Friday")
    page.locator(".tool-run > .row").get_by_role("button", name="Copy").click()
    expect(page.locator("#status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").strip() == RICH.strip()
    with page.expect_download() as download:
        page.get_by_role("link", name=".md").click()
    assert download.value.path().read_text().strip() == RICH.strip()
    page.get_by_role("link", name="My runs").click()
    expect(page.get_by_role("row", name=re.compile("Say it in plain language"))).to_contain_text("Done")


def test_data_comes_back_as_a_table(
    *, window: Window, alice: User, carol: User, quick: Model, fake_provider: FakeProvider
) -> None:
    load_starters(carol, carol.departments.get(), model=quick)
    page = window(alice, "/hub/tools/listing-attributes/?sample")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#answer dt").first).to_have_text("item")
    expect(page.get_by_role("link", name=".json")).to_be_visible()


@pytest.mark.usefixtures("quick")
def test_a_quota_stops_the_next_question_and_raising_it_lets_it_through(
    *, window: Window, alice: User, ana: User, dana: User, fake_provider: FakeProvider
) -> None:
    fake_provider.script(text="Winter is here.")
    set_limit(window(ana, "/quotas/manage/"), "0.000001", "The campaign is over")
    page = window(alice, "/account/", timezone_id="Asia/Tokyo")
    page.get_by_role("link", name="New chat").first.click()
    send(page, "Three subject lines, please")
    card = page.locator(".refusal")
    expect(card.get_by_role("heading")).to_contain_text("Marketing has <$0.0001 of <$0.0001 left")
    expect(card.locator("dd").first).to_have_text("<$0.0001")
    expect(card.locator("dd").last).to_contain_text("12:00 (Tokyo)")
    expect(card).to_contain_text("Ask Ana for more")
    expect(page.get_by_label("Your message")).to_have_value("Three subject lines, please")
    set_limit(window(dana, "/quotas/manage/?q=Marketing"), "50", "A new campaign")
    page.get_by_label("Your message").press("Enter")
    expect(page.locator(".answer[data-state=done]")).to_contain_text("Winter is here.")


@pytest.mark.usefixtures("quick")
def test_a_key_is_shown_once_works_and_is_revoked(window: Window, stack: Stack, alice: User) -> None:
    page = window(alice, "/account/keys/")
    page.get_by_label("What will use it").fill("Newsletter script")
    page.get_by_role("button", name="Make a key").click()
    key = page.locator("#new-key").inner_text()
    assert call_api(stack, key) == 200
    page.goto(f"{stack.url}/account/keys/")
    assert key not in page.content()
    page.get_by_role("button", name="Revoke Newsletter script").click()
    page.locator("#confirm").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row", name="Newsletter script")).to_have_count(0)
    assert call_api(stack, key) == 401


@pytest.mark.usefixtures("quick")
def test_a_person_who_is_switched_off_is_out_at_once(
    *, window: Window, alice: User, dana: User, fake_provider: FakeProvider
) -> None:
    fake_provider.script(text=LONG, rate=4)
    hers = window(alice)
    send(hers, "Tell me everything")
    expect(hers.locator(".answer-live")).to_contain_text("word3")
    page = window(dana, "/people/")
    page.get_by_role("link", name="alice", exact=False).first.click()
    access = page.locator("form", has=page.get_by_role("button", name="Switch off"))
    access.get_by_label("Reason").fill("Left the company")
    access.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    fake_provider.wait_until_idle()
    hers.reload()
    expect(hers.get_by_role("button", name="Continue with")).to_be_visible()


def test_an_admin_sets_a_price(window: Window, dana: User, quick: Model) -> None:
    page = window(dana, "/models/")
    page.get_by_role("link", name="Quick").click()
    page.get_by_text("New price", exact=True).click()
    page.get_by_label("Input", exact=False).first.fill("2.50")
    page.get_by_label("Output", exact=False).fill("10")
    page.get_by_role("button", name="Set price").click()
    expect(page.locator("tbody tr").first).to_contain_text("$2.50")
    assert quick.deployments.get().prices.latest("effective_from").output == 10_000_000


def test_all_of_it_works_without_a_script(
    *, window: Window, alice: User, carol: User, quick: Model, fake_provider: FakeProvider, marketing: Department
) -> None:
    load_starters(carol, carol.departments.get(), model=quick)
    fake_provider.script(text="In plain words.")
    page = window(alice, java_script_enabled=False)
    page.get_by_label("Your message").fill("Is the shop open?")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/chats/*/")
    wait_until(lambda: Run.objects.get().state == RunState.DONE)
    page.reload()
    expect(page.locator(".answer")).to_contain_text("In plain words.")
    page.get_by_role("link", name="Tools").click()
    page.get_by_role("link", name="Say it in plain language").click()
    page.get_by_role("link", name="Fill in a sample").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**?run=*")
    wait_until(lambda: Run.objects.filter(state=RunState.DONE).count() == 2)
    page.reload()
    expect(page.locator("#answer")).to_contain_text("In plain words.")
