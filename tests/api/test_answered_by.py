from django.http import HttpResponse

from playground.programs.answering import name_run
from playground.runs.models import Run, RunState


def test_a_program_is_told_who_answered_and_why() -> None:
    response = HttpResponse()
    run = Run(state=RunState.DONE, answered_by="big at Côte", fallback_reason="small at Far was at its limit.")
    name_run(response, run)
    assert response.headers["x-answered-by"] == "big at C?te"
    assert response.headers["x-fallback-reason"] == "small at Far was at its limit."


def test_nothing_is_said_of_a_fallback_that_was_none() -> None:
    response = HttpResponse()
    name_run(response, Run(state=RunState.DONE, answered_by="small at Far"))
    assert "x-fallback-reason" not in response.headers
