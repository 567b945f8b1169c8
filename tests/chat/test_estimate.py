"""What the composer says before a question is sent."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from playground.catalog import token_rates
from playground.catalog.models import Model, TokenRate
from playground.chat.conversations import start_conversation
from playground.runs.models import Run


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    token_rates.forget()


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_it_says_tokens_and_money(browser: Client, model: Model) -> None:
    part = browser.post("/chats/estimate/", {"content": "Why is the sky blue?", "model": "quick", "key": uuid4()})
    assert "About 12 tokens" in part.content.decode()
    assert "$0.0016" in part.content.decode()
    assert not Run.objects.exists()


def test_it_counts_what_went_before(browser: Client, alice: User, model: Model) -> None:
    conversation = start_conversation(alice, content="Tell me about clouds. " * 50, model=model, key=uuid4())
    sent = {"content": "And rain?", "model": "quick", "key": uuid4()}
    alone = browser.post("/chats/estimate/", sent).content
    after = browser.post(f"/chats/{conversation.pk}/estimate/", sent).content
    assert alone != after


def test_it_says_nothing_without_a_text(browser: Client, model: Model) -> None:
    assert browser.post("/chats/estimate/", {"content": " ", "model": "quick"}).content.strip() == b""


def test_it_follows_what_was_learnt(browser: Client, model: Model) -> None:
    sent = {"content": "Why is the sky blue?", "model": "quick", "key": uuid4()}
    TokenRate.objects.create(
        model=model, script="latin", ratio=2.0, output_tokens=10, runs=1, learnt_until="2026-01-01T00:00Z"
    )
    assert "About 24 tokens" in browser.post("/chats/estimate/", sent).content.decode()
