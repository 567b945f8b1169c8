from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from playground.catalog.models import Model
from playground.chat.conversations import start_conversation
from playground.chat.listing import PAGE, listing_for
from playground.chat.models import Conversation
from tests.queries import queries_of

# A Thursday, noon in São Paulo.
NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)


@pytest.fixture
def make_conversations(alice: User) -> Callable[..., None]:
    def make(*moments: datetime) -> None:
        Conversation.objects.bulk_create(
            Conversation(user=alice, title=f"Chat {number}", updated_at=moment) for number, moment in enumerate(moments)
        )

    return make


@time_machine.travel(NOW, tick=False)
def test_it_is_grouped_by_day_in_the_companys_zone(alice: User, make_conversations: Callable[..., None]) -> None:
    # 23:30 on Wednesday in São Paulo is already Thursday in UTC.
    late = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)
    make_conversations(NOW, late, NOW - timedelta(days=3), NOW - timedelta(days=10), NOW - timedelta(days=40))
    groups = [(group.title, len(group.conversations)) for group in listing_for(alice).groups]
    assert groups == [("Today", 1), ("Yesterday", 1), ("This week", 1), ("This month", 1), ("Older", 1)]


def test_it_comes_page_by_page_without_gap_or_repeat(alice: User, make_conversations: Callable[..., None]) -> None:
    same_moment = timezone.now()
    make_conversations(*[same_moment] * (PAGE + 7))
    first = listing_for(alice)
    assert first.last is not None
    second = listing_for(alice, before=first.last.updated_at, before_id=first.last.pk)
    seen = [item.pk for page in (first, second) for group in page.groups for item in group.conversations]
    assert (len(seen), len(set(seen)), second.last) == (PAGE + 7, PAGE + 7, None)


def test_the_next_page_does_not_repeat_the_heading(alice: User, make_conversations: Callable[..., None]) -> None:
    make_conversations(*[timezone.now()] * (PAGE + 7))
    first = listing_for(alice)
    assert first.last is not None
    second = listing_for(alice, before=first.last.updated_at, before_id=first.last.pk)
    assert [group.title for group in second.groups] == [""]


def test_a_running_one_is_marked(alice: User, model: Model) -> None:
    conversation = start_conversation(alice, content="Hello", model=model, key=uuid4())
    assert listing_for(alice).running == {conversation.pk}


def test_others_and_deleted_ones_are_not_listed(eve: User, conversation: Conversation) -> None:
    assert [group.conversations for group in listing_for(eve).groups] == [[]]
    Conversation.objects.update(deleted_at=timezone.now())
    assert [group.conversations for group in listing_for(conversation.user).groups] == [[]]


def test_today_comes_first_even_when_it_is_empty(alice: User, make_conversations: Callable[..., None]) -> None:
    make_conversations(timezone.now() - timedelta(days=400))
    assert [group.title for group in listing_for(alice).groups] == ["Today", "Older"]


def test_the_link_to_older_ones_works_without_scripts(
    as_alice: Client, make_conversations: Callable[..., None]
) -> None:
    make_conversations(*[timezone.now() - timedelta(minutes=number) for number in range(PAGE + 7)])
    listing = as_alice.get(reverse("chat:list")).context["listing"]
    page = as_alice.get(f"{reverse('chat:list')}?{listing.next_page}")
    assert page.content.decode().count('class="nav-row"') == 7


@pytest.mark.parametrize("query", ["before=yesterday&id=1", "before=2026-11-19", "id=x"])
def test_a_broken_link_is_missing(as_alice: Client, query: str) -> None:
    assert as_alice.get(f"{reverse('chat:list')}?{query}").status_code == 404


@pytest.mark.parametrize("name", ["new", "list"])
def test_its_pages_ask_as_many_questions_at_any_length(
    as_alice: Client, make_conversations: Callable[..., None], make_model: Callable[..., Model], name: str
) -> None:
    asked = []
    for number in (3, 60):
        make_conversations(*[timezone.now()] * number)
        for n in range(number):
            make_model(f"model-{number}-{n}")
        asked.append(queries_of(as_alice, reverse(f"chat:{name}")))
    assert asked[0] == asked[1] <= 12
