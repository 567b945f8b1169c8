"""Function calls and embeddings are runs like any other, for models that can; others refuse before anything is paid."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.api_keys import issue_key, revoke_key
from accounts.models import User
from playground.catalog.models import Model
from playground.gateway.types import ChatRequest, EmbeddingRequest, Function, Image, Turn
from playground.runs.errors import ModelCannot
from playground.runs.models import Run, RunState, RunVectors
from playground.runs.requests import Request
from playground.runs.start import start_run
from playground.runs.sweep import remove_vectors
from tests.fake_provider import FakeProvider
from tests.runs.asking import Asker, until_ended, until_text

WEATHER = Function("weather", "", {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})
CALLING = ChatRequest(turns=(Turn("user", "weather in city: Lima"),), max_output_tokens=500, tools=(WEATHER,))
LOOKING = ChatRequest(turns=(Turn("user", (Image("image/png", "aGk="),)),), max_output_tokens=500)


@pytest.mark.parametrize("request_", [CALLING, LOOKING, EmbeddingRequest(("a",))])
def test_it_refuses_what_the_model_cannot(request_: Request, alice: User, make_model: Callable[..., Model]) -> None:
    with pytest.raises(ModelCannot):
        start_run(user=alice, source="api", model=make_model(is_able=False), request=request_)
    assert not Run.objects.exists()


def test_it_refuses_a_question_to_a_model_for_embeddings(alice: User, make_model: Callable[..., Model]) -> None:
    with pytest.raises(ModelCannot):
        start_run(user=alice, source="api", model=make_model(is_embedding=True), request=CALLING)


@pytest.mark.xdist_group("stack")
def test_the_calls_are_in_the_row(asked: Asker) -> None:
    run = until_ended(start_run(user=asked.user, source="api", model=asked.model, request=CALLING))
    assert (run.state, run.finish_reason, run.output) == (RunState.DONE, "tool_calls", "")
    assert [(call["name"], call["arguments"]) for call in run.calls] == [("weather", '{"city": "Lima"}')]
    assert run.cost > 0


@pytest.mark.xdist_group("stack")
def test_vectors_are_kept_for_an_hour(
    asked: Asker, fake_provider: FakeProvider, make_model: Callable[..., Model]
) -> None:
    model = make_model("vectors", is_embedding=True, name="demo-embedding", base_url=f"{fake_provider.base_url}/v1")
    run = until_ended(
        start_run(user=asked.user, source="api", model=model, request=EmbeddingRequest(("red shoes", "blue")))
    )
    assert (run.state, run.vectors.dimensions, len(run.vectors.data)) == (RunState.DONE, 64, 2 * 64 * 4)
    assert (run.input_tokens, run.output_tokens, run.cost_is_estimated) == (3, 0, False)
    remove_vectors()
    assert RunVectors.objects.exists()
    Run.objects.update(finished_at=timezone.now() - timedelta(hours=2))
    remove_vectors()
    assert not RunVectors.objects.exists()


@pytest.mark.xdist_group("stack")
def test_a_revoked_key_ends_what_it_asked(asked: Asker) -> None:
    key, _secret = issue_key(asked.user, name="laptop", days=30)
    asked.provider.script(text="word " * 2000, rate=40)
    turns = (Turn("user", "Hello"),)
    run = start_run(
        user=asked.user,
        source="api",
        model=asked.model,
        request=ChatRequest(turns=turns, max_output_tokens=500),
        api_key_id=key.pk,
    )
    until_text(run)
    revoke_key(key, actor=asked.user)
    assert until_ended(run).state == RunState.CANCELLED
