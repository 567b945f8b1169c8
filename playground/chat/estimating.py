"""What a question will probably take, said before it is sent."""

from playground.catalog.models import Model
from playground.catalog.token_rates import Estimate, estimate_for
from playground.chat.history import answer_room, turns_for
from playground.chat.models import Conversation
from playground.gateway.types import ChatRequest, Turn


def estimate_of(content: str, *, model: Model, conversation: Conversation | None = None) -> Estimate:
    """Of a question as it stands in the composer, with what goes before it in its conversation."""
    head = conversation.head if conversation else None
    before = turns_for(conversation, upto=head, model=model) if conversation and head else ()
    request = ChatRequest(turns=(*before, Turn("user", content)), max_output_tokens=answer_room(model))
    return estimate_for(model, request)
