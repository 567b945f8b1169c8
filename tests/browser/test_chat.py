"""The chat as a person meets it: a real browser, web server, worker and provider."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.catalog.models import Model
from playground.chat.models import Conversation, Message
from playground.runs.models import Run, RunState
from tests.browser import axe
from tests.browser.pages import PHONE, picture, sign_in_as
from tests.fake_provider import FakeProvider
from tests.stack import Stack

LONG = "".join(f"word{number} " for number in range(120))
RICH = "# Plan\n\nSome **bold** text and `code`.\n\n```python\nprint('hello')\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"


@pytest.fixture
def quick(make_model: Callable[..., Model], fake_provider: FakeProvider) -> Model:
    model = make_model(base_url=f"{fake_provider.base_url}/v1")
    model.description = "Fast answers for everyday questions."
    model.save()
    return model


@pytest.fixture
def chat(page: Page, stack: Stack, alice: User, quick: Model) -> Page:
    """Alice, signed in, before an empty chat."""
    sign_in_as(page, alice, stack.url)
    page.goto(stack.url)
    return page


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your message").fill(question)
    page.get_by_label("Your message").press("Enter")


def answered(page: Page) -> None:
    expect(page.locator(".answer[data-state=done]").last).to_be_visible(timeout=15_000)
    expect(page.locator(".answer-live")).to_have_count(0)


def shown(page: Page) -> str:
    """The words of the last answer."""
    return page.locator(".message-answer").last.locator(".answer-closed").inner_text()


def test_asking_streams_an_answer(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=RICH, rate=60)
    ask(chat, "Make a plan")
    expect(chat).to_have_url(re.compile(r"/chats/[0-9a-f-]{36}/"))
    expect(chat.locator(".answer-live")).to_contain_text("Plan", timeout=10_000)
    picture(chat, "chat-live", whole=False)
    answered(chat)
    expect(chat.locator(".prose pre")).to_contain_text("print('hello')")
    expect(chat.get_by_role("link", name="Make a plan")).to_have_attribute("aria-current", "page")
    picture(chat, "chat", whole=False)


def test_a_follow_up_is_added_and_the_box_is_empty_again(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Yes.")
    ask(chat, "Is the shop open?")
    answered(chat)
    ask(chat, "And tomorrow?")
    expect(chat.locator(".message-mine")).to_have_count(2)
    expect(chat.get_by_label("Your message")).to_have_value("")
    expect(chat.get_by_label("Your message")).to_be_focused()
    answered(chat)
    assert Run.objects.count() == 2


def test_a_follow_up_moves_its_chat_up_and_leaves_the_list_alone(
    chat: Page, alice: User, fake_provider: FakeProvider
) -> None:
    fake_provider.script(text="Yes.")
    ask(chat, "Is the shop open?")
    answered(chat)
    Conversation.objects.bulk_create(
        Conversation(user=alice, title=f"Chat {number}", updated_at=timezone.now()) for number in range(60)
    )
    chat.reload()
    rows = chat.locator("#conversations li")
    chat.get_by_role("link", name="Older chats").scroll_into_view_if_needed()
    expect(rows).to_have_count(61)
    ask(chat, "And tomorrow?")
    expect(rows.first).to_contain_text("Is the shop open?")
    expect(rows).to_have_count(61)
    answered(chat)


def test_stop_ends_the_answer_and_keeps_what_there_is(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=LONG, rate=4)
    ask(chat, "Tell me everything")
    expect(chat.locator(".answer-live")).to_contain_text("word3", timeout=10_000)
    expect(chat.get_by_role("button", name="Send (Enter)")).to_be_hidden()
    chat.get_by_role("button", name="Stop the answer (Esc)").click()
    expect(chat.locator(".answer[data-state=cancelled]")).to_contain_text("word3")
    expect(chat.get_by_role("button", name="Retry")).to_be_visible()
    fake_provider.wait_until_idle()


def test_escape_stops_too(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=LONG, rate=4)
    ask(chat, "Tell me everything")
    expect(chat.locator(".answer-live")).to_contain_text("word3", timeout=10_000)
    chat.keyboard.press("Escape")
    expect(chat.locator(".answer[data-state=cancelled]")).to_be_visible()


def test_a_reload_in_the_middle_loses_nothing(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=LONG, rate=20)
    ask(chat, "Tell me everything")
    expect(chat.locator(".answer-live")).to_contain_text("word10", timeout=10_000)
    chat.reload()
    answered(chat)
    assert shown(chat).split() == LONG.split()
    assert Run.objects.get().output == LONG


def test_a_second_tab_shows_the_same(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=LONG, rate=20)
    ask(chat, "Tell me everything")
    expect(chat.locator(".answer-live")).to_contain_text("word10", timeout=10_000)
    second = chat.context.new_page()
    second.goto(chat.url)
    answered(second)
    answered(chat)
    assert shown(second) == shown(chat)
    assert shown(chat).split() == LONG.split()


def test_five_seconds_without_a_network_lose_nothing(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=LONG, rate=15)
    ask(chat, "Tell me everything")
    expect(chat.locator(".answer-live")).to_contain_text("word10", timeout=10_000)
    chat.context.set_offline(True)
    chat.wait_for_timeout(5_000)
    chat.context.set_offline(False)
    expect(chat.locator(".answer[data-state=done]")).to_be_visible(timeout=30_000)
    assert shown(chat).split() == LONG.split()


def test_without_a_network_the_text_stays(chat: Page) -> None:
    chat.context.set_offline(True)
    ask(chat, "Is the shop open?")
    expect(chat.locator("#composer-problem")).to_contain_text("No connection")
    expect(chat.get_by_label("Your message")).to_have_value("Is the shop open?")
    chat.context.set_offline(False)
    assert not Message.objects.exists()


def test_a_draft_survives_a_reload(chat: Page) -> None:
    chat.get_by_label("Your message").fill("Half a thought")
    chat.reload()
    expect(chat.get_by_label("Your message")).to_have_value("Half a thought")


def test_an_answer_can_be_asked_for_again_and_both_stay(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Second.")
    fake_provider.script(text="First.", times=1)
    ask(chat, "Is the shop open?")
    answered(chat)
    chat.get_by_role("button", name="Answer again", exact=True).click()
    expect(chat.locator(".message-answer")).to_contain_text("2/2", timeout=10_000)
    expect(chat.locator(".message-answer")).to_contain_text("Second.")
    chat.get_by_role("button", name="Previous version").click()
    expect(chat.locator(".message-answer")).to_contain_text("First.")


def test_an_answer_that_failed_offers_a_retry(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Here I am.")
    fake_provider.script(status=400, times=1)
    ask(chat, "Is the shop open?")
    expect(chat.locator(".answer[data-state=failed]")).to_be_visible(timeout=15_000)
    picture(chat, "chat-failed", whole=False)
    chat.get_by_role("button", name="Retry").click()
    expect(chat.locator(".message-answer")).to_contain_text("Here I am.", timeout=15_000)


def open_menu(page: Page, title: str) -> None:
    page.get_by_role("link", name=title).hover()
    page.get_by_role("button", name=f"Menu of {title}").click()


def test_a_chat_is_renamed_in_the_list(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Yes.")
    ask(chat, "Is the shop open?")
    answered(chat)
    open_menu(chat, "Is the shop open?")
    picture(chat, "chat-menu", whole=False)
    chat.get_by_role("link", name="Rename").click()
    chat.get_by_label("Name of the chat").fill("Opening hours")
    chat.get_by_label("Name of the chat").press("Enter")
    expect(chat.get_by_role("link", name="Opening hours")).to_be_visible()
    assert Conversation.objects.get().title == "Opening hours"


def test_a_chat_is_deleted_and_brought_back(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Yes.")
    ask(chat, "Is the shop open?")
    answered(chat)
    open_menu(chat, "Is the shop open?")
    chat.get_by_role("button", name="Delete").click()
    expect(chat.get_by_role("heading", name="Hello, Alice.")).to_be_visible()
    picture(chat, "chat-undo", whole=False)
    chat.get_by_role("button", name="Undo").click()
    expect(chat.get_by_role("link", name="Is the shop open?")).to_have_attribute("aria-current", "page")


def test_the_keyboard_alone_is_enough(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Yes.")
    keys = chat.keyboard
    keys.type("Is the shop open?")
    keys.press("Shift+Enter")
    keys.type("And tomorrow?")
    keys.press("Enter")
    answered(chat)
    assert Message.objects.earliest("pk").content == "Is the shop open?\nAnd tomorrow?"
    chat.get_by_role("button", name="Answer again", exact=True).focus()
    keys.press("Enter")
    expect(chat.locator(".message-answer")).to_contain_text("2/2", timeout=10_000)
    keys.press("Shift+Escape")
    expect(chat.get_by_label("Your message")).to_be_focused()
    keys.press("Control+Shift+O")
    expect(chat.get_by_role("heading", name="Hello, Alice.")).to_be_visible()


def test_enter_while_an_input_method_composes_sends_nothing(chat: Page) -> None:
    box = chat.get_by_label("Your message")
    box.fill("にほんご")
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        box.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **composing})
    expect(box).to_have_value("にほんご")
    assert not Message.objects.exists()


def test_the_reader_is_not_pulled_down(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="\n\n".join(f"Paragraph {number}" for number in range(80)), rate=60)
    ask(chat, "Tell me everything")
    expect(chat.locator(".answer-live")).to_contain_text("Paragraph 30", timeout=15_000)
    assert chat.evaluate("document.scrollingElement.scrollTop") > 0
    chat.mouse.move(900, 300)
    chat.mouse.wheel(0, -400)
    expect(chat.get_by_role("button", name="Jump to the latest message")).to_be_visible()
    place = chat.evaluate("document.scrollingElement.scrollTop")
    answered(chat)
    assert chat.evaluate("document.scrollingElement.scrollTop") == pytest.approx(place, abs=2)
    chat.get_by_role("button", name="Jump to the latest message").click()
    expect(chat.get_by_role("button", name="Jump to the latest message")).to_be_hidden()


def test_earlier_messages_come_in_without_a_jump(chat: Page, stack: Stack, alice: User, quick: Model) -> None:
    conversation = make_long(alice, quick, 60)
    chat.goto(f"{stack.url}{conversation.get_absolute_url()}")
    expect(chat.locator("article.message")).to_have_count(40)
    assert chat.evaluate("document.scrollingElement.scrollTop") > 1000
    chat.locator("article.message").first.scroll_into_view_if_needed()
    first = chat.locator(f"#{chat.locator('article.message').first.get_attribute('id')}")
    before = first.bounding_box()
    expect(chat.locator("article.message")).to_have_count(80)
    after = first.bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] == pytest.approx(before["y"], abs=80)


def test_nothing_serious_for_axe(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=RICH)
    found = axe.check(chat)
    picture(chat, "chat-new", whole=False)
    ask(chat, "Make a plan")
    answered(chat)
    chat.locator(".picker-button").click()
    picture(chat, "chat-picker", whole=False)
    found += axe.check(chat)
    chat.keyboard.press("Escape")
    chat.emulate_media(color_scheme="dark")
    chat.reload()
    found += axe.check(chat)
    picture(chat, "chat-dark", whole=False)
    assert found == []


def test_a_phone_is_wide_enough(chat: Page, fake_provider: FakeProvider) -> None:
    fake_provider.script(text=RICH + LONG)
    chat.set_viewport_size(PHONE)
    picture(chat, "chat-new-phone", whole=False)
    ask(chat, "Make a plan")
    answered(chat)
    picture(chat, "chat-phone", whole=False)
    assert chat.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    chat.get_by_role("button", name="Open sidebar").click()
    expect(chat.get_by_role("link", name="Make a plan")).to_be_visible()
    picture(chat, "chat-sidebar-phone", whole=False)


def make_long(user: User, model: Model, pairs: int) -> Conversation:
    """A conversation of so many questions and answers, written straight into its tables."""
    conversation = Conversation.objects.create(
        user=user, title="A long one", model=model, updated_at="2026-01-01T12:00Z"
    )
    parent = None
    for number in range(pairs):
        run = Run.objects.create(
            user=user,
            department=user.departments.get(),
            source="chat",
            state=RunState.DONE,
            model=model,
            model_name=model.name,
            output=f"Answer {number}",
            output_html=f"<p>Answer {number}</p>",
            finished_at="2026-01-01T12:00Z",
            max_output_tokens=1,
            input_token_bound=1,
        )
        question = Message.objects.create(
            conversation=conversation, parent=parent, role="user", content=f"Question {number}"
        )
        parent = Message.objects.create(conversation=conversation, parent=question, role="assistant", run=run)
    conversation.head = parent
    conversation.save()
    return conversation


def test_what_a_question_takes_is_said_while_it_is_written(chat: Page) -> None:
    chat.get_by_label("Your message").fill("Why is the sky blue?")
    expect(chat.get_by_text("About 12 tokens")).to_be_visible()
    chat.get_by_label("Your message").fill("")
    expect(chat.get_by_text("About 12 tokens")).to_have_count(0)
