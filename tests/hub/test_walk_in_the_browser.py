"""The two stories of the hub in a real browser, with a real worker and the scripted provider."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from hub.starters import load_starters
from hub.tools.models import Tool, ToolRun, ToolVersion
from playground.catalog.models import Model
from tests.browser.pages import PHONE, picture
from tests.fake_provider import FakeProvider
from tests.stack import Stack, session_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served(make_model: Callable[..., Model], fake_provider: FakeProvider) -> Model:
    return make_model("served", base_url=f"{fake_provider.base_url}/v1")


def become(page: Page, user: User, stack: Stack) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": stack.url}])


def test_a_power_user_makes_a_tool_and_a_colleague_runs_it(
    *, page: Page, stack: Stack, served: Model, fake_provider: FakeProvider, carol: User, alice: User
) -> None:
    fake_provider.script(text="**A fine bike** for the city")
    become(page, carol, stack)
    page.goto(f"{stack.url}/hub/tools/new/")
    page.get_by_label("Name", exact=False).first.fill("Better titles")
    page.get_by_label("In one line").fill("Titles that sell")
    page.locator("#id_field-0-label").fill("What do you sell?")
    page.get_by_role("button", name="Add a field").click()
    page.locator("#id_field-1-label").fill("Tone")
    page.locator("#id_field-1-kind").select_option("choice")
    page.locator("#id_field-1-choices").fill("warm\nfactual")
    page.get_by_role("button", name="Move 2 up").click()
    expect(page.locator("[name$='-label']").first).to_have_value("Tone")
    page.locator("#id_version-template").fill("Sell this, ")
    page.get_by_role("button", name="{{ tone }}").click()
    page.locator("#id_version-template").press_sequentially(" in tone: ")
    page.get_by_role("button", name="{{ what_do_you_sell }}").click()
    page.locator("#trial").get_by_label("What do you sell?").fill("an old bike")
    page.locator("#trial").get_by_label("Tone").select_option("warm")
    expect(page.locator("#prompt-text")).to_have_text("Sell this, warm in tone: an old bike")
    picture(page, "hub-studio")
    page.get_by_role("button", name="Save and try it").click()
    expect(page.locator("#answer strong")).to_have_text("A fine bike", timeout=15_000)
    picture(page, "hub-studio-tried")
    page.get_by_role("button", name="Publish…").click()
    page.get_by_label("Everyone").check()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="Better titles")).to_be_visible()
    assert ToolVersion.objects.get().state == "published"

    become(page, alice, stack)
    page.goto(f"{stack.url}/hub/")
    page.get_by_label("Search").fill("titles")
    page.get_by_role("link", name="Better titles").click()
    page.get_by_label("What do you sell?").fill("a red bike")
    page.get_by_label("Tone").select_option("factual")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#answer strong")).to_have_text("A fine bike", timeout=15_000)
    expect(page.get_by_label("What do you sell?")).to_have_value("a red bike")
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    picture(page, "hub-run")
    page.reload()
    expect(page.locator("#answer strong")).to_have_text("A fine bike")
    with page.expect_download() as download:
        page.get_by_role("link", name=".md").click()
    assert download.value.suggested_filename.startswith("better-titles-")
    page.get_by_role("link", name="My runs").click()
    expect(page.locator("table")).to_contain_text("Better titles")


def test_a_second_run_from_the_same_page_is_a_new_one(
    *, page: Page, stack: Stack, served: Model, fake_provider: FakeProvider, carol: User
) -> None:
    load_starters(carol, carol.departments.get(), model=served)
    become(page, carol, stack)
    page.goto(f"{stack.url}/hub/tools/say-it-in-plain-language/?sample")
    for number in (1, 2):
        with page.expect_response("**/run/"):
            page.get_by_role("button", name="Run", exact=True).click()
        expect(page.get_by_role("button", name="Run again")).to_be_visible(timeout=20_000)
        expect(page.locator("#answer .tool-run")).to_have_count(1)
        assert ToolRun.objects.count() == number


def test_data_ends_as_names_with_values(
    *, page: Page, stack: Stack, served: Model, fake_provider: FakeProvider, carol: User
) -> None:
    load_starters(carol, carol.departments.get(), model=served)
    become(page, carol, stack)
    page.set_viewport_size(PHONE)
    page.goto(f"{stack.url}/hub/tools/listing-attributes/?sample")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#answer dt").first).to_have_text("item", timeout=20_000)
    expect(page.get_by_role("link", name=".json")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "hub-run-phone")


def test_it_all_works_without_a_script(
    *, page: Page, stack: Stack, served: Model, fake_provider: FakeProvider, carol: User
) -> None:
    assert page.context.browser is not None
    plain = page.context.browser.new_context(java_script_enabled=False).new_page()
    become(plain, carol, stack)
    plain.goto(f"{stack.url}/hub/tools/new/")
    plain.get_by_label("Name", exact=False).first.fill("Plain")
    plain.get_by_label("In one line").fill("Without a script")
    plain.get_by_role("button", name="Add a field").click()
    plain.locator("#id_field-0-label").fill("Title")
    plain.locator("#id_field-1-label").fill("Tone")
    plain.locator("#id_version-template").fill("{{ title }} {{ tone }}")
    plain.get_by_role("button", name="Publish…").click()
    plain.get_by_role("button", name="Publish", exact=True).click()
    plain.get_by_label("Title").fill("Bike")
    plain.get_by_label("Tone").fill("warm")
    plain.get_by_role("button", name="Run", exact=True).click()
    plain.wait_for_url("**?run=*")
    assert ToolRun.objects.get().inputs == {"title": "Bike", "tone": "warm"}
    assert Tool.objects.get().name == "Plain"
    plain.context.close()
