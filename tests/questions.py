"""What a run asks, read from its row."""

from playground.gateway.types import ChatRequest
from playground.runs.models import Run
from playground.runs.requests import load


def question_of(run: Run) -> ChatRequest:
    stored = Run.objects.values_list("request", flat=True).get(pk=run.pk)
    assert stored is not None
    request = load(stored)
    assert isinstance(request, ChatRequest)
    return request
