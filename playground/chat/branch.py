"""The part of a conversation that a page shows: the last messages of its branch, and earlier ones on demand."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from playground.catalog.models import Model
from playground.chat.history import first_sent
from playground.chat.messages import can_go_on
from playground.chat.models import Conversation, Message
from playground.chat.tree import Tree, tree_of

PAGE = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as the page shows it, with its place among the versions of the same turn."""

    message: Message
    number: int
    versions: int
    previous: int | None
    next: int | None
    is_last: bool
    # The oldest message that the model still gets, where there are older ones that it does not.
    is_first_sent: bool
    # It goes on where the answer before it broke off; and another one goes on from it.
    goes_on: bool
    is_continued: bool
    # Of the form that asks again: sent twice, it counts once.
    key: UUID = field(default_factory=uuid4)

    @property
    def can_go_on(self) -> bool:
        return self.is_last and self.message.run is not None and can_go_on(self.message.run)

    @property
    def seconds(self) -> float | None:
        """From the question to the end of its answer."""
        run = self.message.run
        return (run.finished_at - run.created_at).total_seconds() if run and run.finished_at else None


@dataclass(frozen=True, slots=True)
class Branch:
    turns: list[Turn]
    # The oldest message shown, where there are earlier ones.
    earlier: int | None
    # How many messages at the beginning the model does not get any more.
    unsent: int


def branch_of(
    conversation: Conversation, *, model: Model | None, before: int | None = None, last: int = PAGE
) -> Branch:
    """The `last` messages of the branch shown, or those that come before message `before`. Two queries."""
    tree = tree_of(conversation)
    nodes = tree.branch(conversation.head_id)
    unsent = first_sent(nodes, model) if model else 0
    path = [node.pk for node in nodes]
    end = path.index(before) if before in path else len(path)
    start = max(0, end - last)
    messages = conversation.messages.select_related("run__model").in_bulk(path[start:end])
    first = path[unsent] if unsent else None
    turns = [_turn(messages[pk], tree, tip=path[-1], first=first) for pk in path[start:end]]
    return Branch(turns, path[start] if start else None, unsent)


def turn_of(message: Message) -> Turn:
    """One message alone, as an answer that has just ended replaces its stream."""
    return _turn(message, tree_of(message.conversation), tip=message.conversation.head_id, first=None)


def _turn(message: Message, tree: Tree, *, tip: int | None, first: int | None) -> Turn:
    versions = tree.siblings(message.pk)
    place = versions.index(message.pk)
    return Turn(
        message=message,
        number=place + 1,
        versions=len(versions),
        previous=versions[place - 1] if place else None,
        next=versions[place + 1] if place + 1 < len(versions) else None,
        is_last=message.pk == tip,
        is_first_sent=message.pk == first,
        goes_on=tree.goes_on(message.pk),
        is_continued=any(tree.goes_on(child) for child in tree.children.get(message.pk, ())),
    )
