from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from playground.catalog.models import Audience, Model
from playground.chat.conversations import start_conversation
from playground.chat.models import Conversation, Message
from playground.quota.limits import set_quota
from playground.runs.models import Run, RunState
from tests.chat.conftest import Ask, finish, latest
from tests.queries import queries_of


def message(content: str = "And tomorrow?", model: str = "quick") -> dict[str, str]:
    return {"content": content, "model": model, "key": str(uuid4())}


def url(name: str, *args: object) -> str:
    return reverse(f"chat:{name}", args=args)


def test_the_first_page_greets_and_offers_her_models(as_alice: Client, model: Model) -> None:
    page = as_alice.get(url("new"))
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert b"Hello, Alice." in page.content
    assert b'value="quick" data-name="Quick" checked' in page.content


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(url("new")).status_code == 302


def test_asking_starts_a_conversation_named_after_the_question(as_alice: Client, model: Model) -> None:
    answer = as_alice.post(url("create"), message("Is the shop open? I need milk."))
    conversation = Conversation.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, conversation.get_absolute_url())
    assert conversation.title == "Is the shop open?"


def test_with_htmx_the_whole_page_goes_there(as_alice: Client, model: Model, htmx: dict[str, str]) -> None:
    answer = as_alice.post(url("create"), message(), headers=htmx)
    assert answer.headers["HX-Redirect"] == Conversation.objects.get().get_absolute_url()


def test_a_double_click_starts_one_conversation(as_alice: Client, model: Model) -> None:
    form = message()
    assert (
        as_alice.post(url("create"), form).headers["Location"] == as_alice.post(url("create"), form).headers["Location"]
    )
    assert Run.objects.count() == 1


def test_a_follow_up_goes_back_to_the_page(as_alice: Client, conversation: Conversation) -> None:
    answer = as_alice.post(url("create_message", conversation.pk), message())
    latest = Message.objects.latest("pk")
    assert answer.headers["Location"] == f"{conversation.get_absolute_url()}#message-{latest.pk}"


def test_with_htmx_only_the_new_turns_come(as_alice: Client, conversation: Conversation, htmx: dict[str, str]) -> None:
    html = as_alice.post(url("create_message", conversation.pk), message(), headers=htmx).content.decode()
    assert html.count("<article id=") == 2
    assert "And tomorrow?" in html
    assert "Is the shop open?" not in html.split("<hx-partial")[0]


def test_a_question_while_an_answer_is_written_keeps_the_text(as_alice: Client, conversation: Conversation) -> None:
    as_alice.post(url("create_message", conversation.pk), message())
    page = as_alice.post(url("create_message", conversation.pk), message("And on Sunday?"))
    assert page.status_code == 422
    assert b"An answer is still being written" in page.content
    assert b"And on Sunday?</textarea>" in page.content


def test_a_refusal_by_quota_keeps_the_text_and_writes_nothing(
    as_alice: Client, alice: User, dana: User, model: Model
) -> None:
    set_quota(scope="person", target=alice, period="day", limit=0, actor=dana, reason="test")
    page = as_alice.post(url("create"), message("Is the shop open?"))
    assert page.status_code == 422
    assert b"Is the shop open?</textarea>" in page.content
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("content", "  \n "), ("model", "none"), ("key", "x"), ("content", "\0")])
def test_a_bad_form_is_shown_again(as_alice: Client, model: Model, field: str, value: str) -> None:
    page = as_alice.post(url("create"), message() | {field: value})
    assert page.status_code == 422
    assert not Run.objects.exists()


def test_a_model_of_others_cannot_be_named(as_alice: Client, model: Model) -> None:
    Model.objects.update(audience=Audience.NOBODY)
    assert as_alice.post(url("create"), message()).status_code == 422


def test_a_model_she_may_no_longer_use_is_shown_with_the_reason(as_alice: Client, conversation: Conversation) -> None:
    Model.objects.update(audience=Audience.NOBODY)
    page = as_alice.get(conversation.get_absolute_url())
    assert b"You cannot use this model any more." in page.content


def test_an_indented_first_line_keeps_its_indent(as_alice: Client, model: Model) -> None:
    as_alice.post(url("create"), message("\r\n    x = 1\r\n    y = 2\r\n"))
    assert Message.objects.earliest("pk").content == "    x = 1\n    y = 2"


def test_the_page_shows_the_stored_answer(as_alice: Client, conversation: Conversation) -> None:
    Run.objects.update(output_html="<p>As it was <em>rendered</em></p>")
    assert b"<p>As it was <em>rendered</em></p>" in as_alice.get(conversation.get_absolute_url()).content


def test_what_people_write_is_never_html(as_alice: Client, alice: User, model: Model) -> None:
    nasty = '"><img src=x onerror=alert(1)></textarea><script>alert(1)</script><div hx-get="/x" hx-trigger="load">'
    page = as_alice.get(start_conversation(alice, content=nasty, model=model, key=uuid4()).get_absolute_url())
    html = page.content.decode()
    assert "<img" not in html
    assert "<script>alert" not in html
    assert 'hx-get="/x"' not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_what_a_model_writes_is_never_a_script(as_alice: Client, conversation: Conversation) -> None:
    Run.objects.update(output="</textarea><script>alert(1)</script>\n\n![x](http://evil.example/)", output_html="")
    html = as_alice.get(conversation.get_absolute_url()).content.decode()
    assert "<script>alert" not in html
    assert "<img" not in html


def test_an_ended_answer_can_be_fetched_alone(as_alice: Client, conversation: Conversation) -> None:
    part = as_alice.get(url("message", conversation.pk, conversation.head_id))
    assert part.content.decode().strip().startswith('<div class="answer" data-state="done">')


def test_a_live_answer_is_streamed_into_the_page(as_alice: Client, conversation: Conversation) -> None:
    as_alice.post(url("create_message", conversation.pk), message())
    html = as_alice.get(conversation.get_absolute_url()).content.decode()
    assert f'hx-get="{url("message", conversation.pk, Message.objects.latest("pk").pk)}"' in html


def test_a_failed_answer_offers_a_retry(as_alice: Client, conversation: Conversation) -> None:
    finish(latest(conversation), "", state=RunState.FAILED)
    assert b"Retry" in as_alice.get(conversation.get_absolute_url()).content


def test_regenerate_shows_both_versions(as_alice: Client, conversation: Conversation, htmx: dict[str, str]) -> None:
    form = {"model": "quick", "key": str(uuid4())}
    as_alice.post(url("regenerate", conversation.pk, conversation.head_id), form, headers=htmx)
    finish(Message.objects.latest("pk"))
    assert b"2/2" in as_alice.get(conversation.get_absolute_url()).content
    as_alice.post(url("choose", conversation.pk, conversation.head_id))
    assert b"1/2" in as_alice.get(conversation.get_absolute_url()).content


def test_it_is_renamed_in_place(as_alice: Client, conversation: Conversation, htmx: dict[str, str]) -> None:
    assert b'name="title"' in as_alice.get(url("rename", conversation.pk), headers=htmx).content
    part = as_alice.post(url("rename", conversation.pk), {"title": "<b>Milk</b>"}, headers=htmx, follow=True)
    assert b"&lt;b&gt;Milk&lt;/b&gt;" in part.content


def test_a_name_cannot_be_empty(as_alice: Client, conversation: Conversation) -> None:
    assert as_alice.post(url("rename", conversation.pk), {"title": " "}).status_code == 422
    conversation.refresh_from_db()
    assert conversation.title == "Is the shop open?"


def test_a_deleted_chat_is_gone_and_can_be_brought_back(as_alice: Client, conversation: Conversation) -> None:
    deleted = as_alice.post(url("delete", conversation.pk))
    assert [note.extra_tags for note in get_messages(deleted.wsgi_request)] == [url("restore", conversation.pk)]
    assert as_alice.get(conversation.get_absolute_url()).status_code == 404
    assert as_alice.post(url("restore", conversation.pk)).headers["Location"] == conversation.get_absolute_url()
    assert as_alice.get(conversation.get_absolute_url()).status_code == 200


def test_deleting_another_chat_leaves_the_page_alone(
    as_alice: Client, conversation: Conversation, htmx: dict[str, str]
) -> None:
    part = as_alice.post(url("delete", conversation.pk), headers=htmx | {"HX-Current-URL": "http://testserver/"})
    assert url("restore", conversation.pk).encode() in part.content
    assert "HX-Redirect" not in part.headers


def test_deleting_the_open_chat_opens_a_new_one(
    as_alice: Client, conversation: Conversation, htmx: dict[str, str]
) -> None:
    here = {"HX-Current-URL": f"http://testserver{conversation.get_absolute_url()}"}
    assert as_alice.post(url("delete", conversation.pk), headers=htmx | here).headers["HX-Redirect"] == url("new")


POSTS = ["create_message", "delete", "restore"]


@pytest.mark.parametrize("name", POSTS)
def test_get_changes_nothing(as_alice: Client, conversation: Conversation, name: str) -> None:
    assert as_alice.get(url(name, conversation.pk)).status_code == 405


@pytest.mark.parametrize("name", ["conversation", "row", "rename", *POSTS])
def test_a_foreign_conversation_is_missing_and_unchanged(as_eve: Client, conversation: Conversation, name: str) -> None:
    before = Conversation.objects.values().get(), Message.objects.count()
    ask = as_eve.post if name in [*POSTS, "rename"] else as_eve.get
    foreign = ask(url(name, conversation.pk), message() | {"title": "Mine"})
    missing = ask(url(name, uuid4()), message() | {"title": "Mine"})
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert (Conversation.objects.values().get(), Message.objects.count()) == before


@pytest.mark.parametrize("name", ["regenerate", "choose", "message"])
def test_a_foreign_message_cannot_be_reached_through_an_own_conversation(
    as_eve: Client, eve: User, conversation: Conversation, model: Model, name: str
) -> None:
    own = start_conversation(eve, content="Hello", model=model, key=uuid4())
    ask = as_eve.get if name == "message" else as_eve.post
    assert ask(url(name, own.pk, conversation.head_id), message()).status_code == 404


def test_a_long_conversation_asks_as_little_as_a_short_one(
    as_alice: Client, conversation: Conversation, ask: Ask
) -> None:
    short = queries_of(as_alice, conversation.get_absolute_url())
    for number in range(60):
        ask(conversation, f"Question {number}")
    assert queries_of(as_alice, conversation.get_absolute_url()) == short <= QUERIES
    assert as_alice.get(conversation.get_absolute_url()).content.decode().count("<article id=") == 40


def test_earlier_messages_come_on_demand(
    as_alice: Client, conversation: Conversation, ask: Ask, htmx: dict[str, str]
) -> None:
    for number in range(30):
        ask(conversation, f"Question {number}")
    oldest_shown = conversation.messages.order_by("-pk")[39].pk
    part = as_alice.get(conversation.get_absolute_url(), {"before": oldest_shown}, headers=htmx).content.decode()
    assert part.count("<article id=") == 22
    assert "Is the shop open?" in part
    assert "chat-earlier" not in part


# Session and person; conversation; its tree and messages; models with deployments and prices; the list and what runs;
# what is left; the account menu.
QUERIES = 13
