"""The list of a person's conversations: newest first, page by page, grouped by day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from playground.chat.models import Conversation, Message
from playground.runs.models import LIVE_STATES

PAGE = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Conversations of one time. `title` is empty where a page goes on with the group that the page before ended in.

    The first page always begins with today, even when that is empty: what is asked next goes there.
    """

    title: str
    conversations: list[Conversation]


@dataclass(frozen=True, slots=True)
class Listing:
    groups: list[Group]
    running: set[UUID]
    # The last one shown, where there are more after it.
    last: Conversation | None = None

    @property
    def next_page(self) -> str:
        """The query of the page that follows."""
        return urlencode({"before": self.last.updated_at.isoformat(), "id": self.last.pk}) if self.last else ""


def listing_for(user: User, *, before: datetime | None = None, before_id: UUID | None = None) -> Listing:
    """One page of `user`'s conversations, from the newest, or older than the one that `before` and `before_id` name."""
    conversations = Conversation.objects.filter(user=user, deleted_at=None).order_by("-updated_at", "-pk")
    if before is not None and before_id is not None:
        conversations = conversations.filter(Q(updated_at__lt=before) | Q(pk__lt=before_id), updated_at__lte=before)
    page = list(conversations.only("pk", "title", "updated_at")[: PAGE + 1])
    shown = page[:PAGE]
    live = Message.objects.filter(run__user=user, run__state__in=LIVE_STATES, run__finished_at=None)
    running = live.values_list("conversation", flat=True)
    return Listing(
        groups=_grouped(shown, after=before), running=set(running), last=shown[-1] if len(page) > PAGE else None
    )


def is_running(conversation: Conversation) -> bool:
    return conversation.messages.filter(run__state__in=LIVE_STATES).exists()


def _grouped(conversations: list[Conversation], *, after: datetime | None) -> list[Group]:
    now = timezone.localtime()
    going_on = _age(after, now) if after else ""
    groups: dict[str, list[Conversation]] = {} if after else {_("Today"): []}
    for conversation in conversations:
        groups.setdefault(_age(conversation.updated_at, now), []).append(conversation)
    return [Group("" if title == going_on else title, members) for title, members in groups.items()]


def _age(moment: datetime, now: datetime) -> str:
    day, today = timezone.localdate(moment), now.date()
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day >= today - timedelta(days=today.weekday()):
        return _("This week")
    if day >= today.replace(day=1):
        return _("This month")
    return _("Older")
