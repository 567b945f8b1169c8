"""The shape of a conversation without its words: which message follows which. One query, whatever its length."""

from dataclasses import dataclass, field

from django.db.models import F, Func, IntegerField
from django.db.models.functions import Coalesce

from playground.chat.models import Conversation, Role
from playground.runs.models import RunState


@dataclass(frozen=True, slots=True)
class Node:
    """One message: its id and, in bytes of UTF-8, what a model would get of it."""

    pk: int
    parent: int | None
    size: int
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    nodes: dict[int, Node] = field(default_factory=dict)
    children: dict[int | None, list[int]] = field(default_factory=dict)

    def branch(self, tip: int | None) -> list[Node]:
        """From the first message to `tip`."""
        path = []
        while tip is not None:
            node = self.nodes[tip]
            path.append(node)
            tip = node.parent
        return path[::-1]

    def goes_on(self, pk: int) -> bool:
        """Whether it is an answer that goes on where another one broke off."""
        parent = self.nodes[pk].parent
        return self.nodes[pk].is_answer and parent is not None and self.nodes[parent].is_answer

    def siblings(self, pk: int) -> list[int]:
        """The versions of one turn, oldest first; a message alone is its only version."""
        return self.children[self.nodes[pk].parent]

    def newest_tip(self, pk: int) -> int:
        """Where the branch through `pk` went on last."""
        while pk in self.children:
            pk = self.children[pk][-1]
        return pk


def tree_of(conversation: Conversation) -> Tree:
    tree = Tree()
    rows = conversation.messages.order_by("pk").values_list(
        "pk", "parent_id", "role", "run__state", _octets("content"), Coalesce(_octets("run__output"), 0)
    )
    for pk, parent, role, state, asked, answered in rows:
        size = 0 if state == RunState.FAILED else asked + answered
        tree.nodes[pk] = Node(pk, parent, size, role == Role.ASSISTANT)
        tree.children.setdefault(parent, []).append(pk)
    return tree


def _octets(name: str) -> Func:
    return Func(F(name), function="OCTET_LENGTH", output_field=IntegerField())
