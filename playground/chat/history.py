"""What the model gets of a conversation: the branch to the question, cut to the model's window from the oldest end.

The rule of the cut, as `docs/chat.md` tells it: a text counts one token for every three bytes of UTF-8. English and
code have four to five bytes a token, Japanese and Chinese about three, so the estimate errs towards too many. The
answer's own room is kept free. The question itself always goes, however long it is: whether it fits is the provider's
to say.
"""

from itertools import groupby

from playground.catalog.models import Model
from playground.chat.models import Conversation, Message, Role
from playground.chat.tree import Node, tree_of
from playground.gateway.types import Turn
from playground.runs.models import RunState

BYTES_PER_TOKEN = 3
TOKENS_PER_TURN = 8


def answer_room(model: Model) -> int:
    """The most tokens an answer may have: what the model gives, but never more than half of its window."""
    return min(model.max_output_tokens, model.context_tokens // 2)


def first_sent(branch: list[Node], model: Model) -> int:
    """The index of the oldest message of `branch` that still goes to `model`."""
    left = model.context_tokens - answer_room(model)
    for index in range(len(branch) - 1, -1, -1):
        left -= branch[index].size // BYTES_PER_TOKEN + TOKENS_PER_TURN
        if left < 0 and index < len(branch) - 1:
            return index + 1
    return 0


def turns_for(conversation: Conversation, *, upto: Message, model: Model) -> tuple[Turn, ...]:
    """The turns from the oldest that fits to the question `upto`; failed and empty answers are left out."""
    branch = tree_of(conversation).branch(upto.pk)
    sent = [node.pk for node in branch[first_sent(branch, model) :]]
    messages = conversation.messages.select_related("run").in_bulk(sent)
    turns = [turn for pk in sent if (turn := _turn(messages[pk])).content]
    while turns and turns[0].role == "assistant":
        turns.pop(0)
    # Two questions in a row, because the answer between them failed, are one turn: providers want them to alternate.
    # An answer that broke off and what went on from it are one answer, in the middle of a word perhaps.
    return tuple(
        Turn(role, ("\n\n" if role == "user" else "").join(turn.text for turn in same))
        for role, same in groupby(turns, lambda turn: turn.role)
    )


def _turn(message: Message) -> Turn:
    if message.role == Role.USER:
        return Turn("user", message.content)
    run = message.run
    return Turn("assistant", "" if run is None or run.state == RunState.FAILED else run.output)
