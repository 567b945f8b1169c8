from playground.catalog.models import Model
from playground.chat.branch import branch_of
from playground.chat.history import answer_room, first_sent, turns_for
from playground.chat.models import Conversation
from playground.chat.tree import Node
from playground.gateway.types import Turn
from playground.runs.models import RunState
from tests.chat.conftest import Ask, latest_question


def small(model: Model, context_tokens: int) -> Model:
    model.context_tokens = context_tokens
    model.save()
    return model


def texts(conversation: Conversation, model: Model) -> list[str]:
    conversation.refresh_from_db()
    return [str(turn.content) for turn in turns_for(conversation, upto=latest_question(conversation), model=model)]


def test_it_sends_the_branch_in_order(conversation: Conversation, model: Model, ask: Ask) -> None:
    ask(conversation, "And tomorrow?")
    conversation.refresh_from_db()
    assert turns_for(conversation, upto=latest_question(conversation), model=model) == (
        Turn("user", "Is the shop open?"),
        Turn("assistant", "Yes."),
        Turn("user", "And tomorrow?"),
    )


def test_a_failed_answer_is_left_out_and_turns_still_alternate(
    conversation: Conversation, model: Model, ask: Ask
) -> None:
    ask(conversation, "And tomorrow?", "Half of it", state=RunState.FAILED)
    ask(conversation, "And on Sunday?")
    assert texts(conversation, model) == ["Is the shop open?", "Yes.", "And tomorrow?\n\nAnd on Sunday?"]


def test_a_stopped_answer_is_sent_as_far_as_it_went(conversation: Conversation, model: Model, ask: Ask) -> None:
    ask(conversation, "And tomorrow?", "Tomorrow from", state=RunState.CANCELLED)
    ask(conversation, "Go on")
    assert texts(conversation, model)[3] == "Tomorrow from"


def test_an_empty_answer_is_left_out(conversation: Conversation, model: Model, ask: Ask) -> None:
    ask(conversation, "And tomorrow?", "", state=RunState.INTERRUPTED)
    ask(conversation, "Hello?")
    assert texts(conversation, model)[-1] == "And tomorrow?\n\nHello?"


def test_the_oldest_go_first_when_the_window_is_full(conversation: Conversation, model: Model, ask: Ask) -> None:
    ask(conversation, "x" * 3000, "y" * 300)
    ask(conversation, "Last question")
    assert texts(conversation, small(model, 1000)) == ["Last question"]


def test_it_never_begins_with_an_answer(conversation: Conversation, model: Model, ask: Ask) -> None:
    ask(conversation, "x" * 3000, "short")
    ask(conversation, "Last question")
    assert texts(conversation, small(model, 1000))[0] == "Last question"


def test_a_question_longer_than_the_window_still_goes(conversation: Conversation, model: Model, ask: Ask) -> None:
    ask(conversation, "x" * 9000)
    assert texts(conversation, small(model, 1000)) == ["x" * 9000]


def test_japanese_counts_a_token_a_character(model: Model) -> None:
    size = len("あ".encode()) * 400
    branch = [Node(1, None, size), Node(2, 1, 0)]
    assert first_sent(branch, Model(context_tokens=520, max_output_tokens=100)) == 0
    assert first_sent(branch, Model(context_tokens=510, max_output_tokens=100)) == 1


def test_the_answer_never_takes_more_than_half_of_the_window() -> None:
    assert answer_room(Model(context_tokens=1000, max_output_tokens=4096)) == 500


def test_the_cut_is_shown(conversation: Conversation, model: Model, ask: Ask) -> None:
    ask(conversation, "x" * 3000, "y" * 300)
    ask(conversation, "Last question")
    conversation.refresh_from_db()
    branch = branch_of(conversation, model=small(model, 1000))
    assert branch.unsent == 3
    assert [turn.is_first_sent for turn in branch.turns] == [False, False, False, True, False, False]
