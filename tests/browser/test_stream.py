"""The live answer in a real browser."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.runs.models import Run, RunState
from tests.browser.pages import picture
from tests.runs.asking import Asker, until_ended, until_text
from tests.stack import Stack, session_of

pytestmark = pytest.mark.django_db(transaction=True)


def send(page: Page, stack: Stack, user: User) -> None:
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": stack.url}])
    page.goto(stack.url)
    page.get_by_label("Your message").fill("Tell me a long story")
    page.get_by_label("Your message").press("Enter")
    page.locator(".answer-live").wait_for()


def shown(page: Page) -> str:
    """The words on the page, whatever blocks they are in."""
    closed, still_open = page.locator(".answer-closed"), page.locator(".answer-open")
    return re.sub(r"\s+", " ", closed.inner_text() + " " + (still_open.text_content() or "")).strip()


def test_words_and_the_spaces_between_them_arrive(page: Page, stack: Stack, asked: Asker, alice: User) -> None:
    asked.provider.script(text="one two three four five\n\nsix seven eight nine ten. " * 3, rate=30)
    send(page, stack, alice)
    page.locator(".answer-closed p").nth(1).wait_for()
    picture(page, "answer-while-it-streams")
    live = shown(page)
    run = until_ended(Run.objects.get())
    whole = re.sub(r"\s+", " ", run.output)
    assert whole.startswith(live)
    expect(page.locator(".answer-live")).to_have_count(0)
    expect(page.locator(".prose").last).to_contain_text("six seven eight nine ten.")
    picture(page, "answer-at-its-end")


def test_a_page_that_is_loaded_again_goes_on(page: Page, stack: Stack, asked: Asker, alice: User) -> None:
    asked.provider.script(text=" ".join(f"word{number}" for number in range(150)), rate=30)
    send(page, stack, alice)
    expect(page.locator(".answer-open")).to_contain_text("word9 ")
    page.reload()
    expect(page.locator(".answer-open")).to_contain_text("word0 word1 word2")
    until_ended(Run.objects.get())
    expect(page.locator(".prose").last).to_contain_text("word148 word149")


def test_stop_ends_the_answer_and_keeps_its_words(page: Page, stack: Stack, asked: Asker, alice: User) -> None:
    asked.provider.script(text="word " * 2000, rate=30)
    send(page, stack, alice)
    until_text(Run.objects.get())
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".answer-live")).to_have_count(0)
    assert until_ended(Run.objects.get()).state == RunState.CANCELLED
    expect(page.get_by_text("Stopped.")).to_be_visible()
