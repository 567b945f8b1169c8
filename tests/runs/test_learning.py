"""What was estimated before, against what a provider counts: the counts of real tokenizers stand in for its own."""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.utils import timezone

from playground.catalog import token_rates
from playground.catalog.models import Model, TokenRate
from playground.catalog.token_rates import estimate_for
from playground.runs.learning import learn_from_runs
from playground.runs.models import Run, RunState
from tests.runs.asking import Start, ask

TEXTS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "catalog/tokens/texts.json").read_text())
LEARNT_FROM, ASKED_LATER = TEXTS[::2], TEXTS[1::2]
WRAPPING = 7


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    token_rates.forget()


@pytest.fixture
def answered(start: Start) -> Callable[..., Run]:
    """A run whose provider counted so many tokens."""

    def answered(text: str, input_tokens: int, *, output_tokens: int = 100, **changes: object) -> Run:
        run = start(text)
        ended = {"state": RunState.DONE, "finished_at": timezone.now(), "output_tokens": output_tokens}
        Run.objects.filter(pk=run.pk).update(input_tokens=input_tokens, **ended | changes)
        return run

    return answered


@pytest.mark.parametrize("tokenizer", ["o200k", "cl100k", "claude2", "mistral1", "tekken"])
def test_the_estimate_is_within_a_tenth_once_it_has_learnt(
    answered: Callable[..., Run], model: Model, tokenizer: str
) -> None:
    for row in LEARNT_FROM:
        answered(row["text"], row["tokens"][tokenizer] + WRAPPING)
    assert learn_from_runs() == len(LEARNT_FROM)
    errors = [
        abs(estimate_for(model, ask(row["text"])).input_tokens / (row["tokens"][tokenizer] + WRAPPING) - 1)
        for row in ASKED_LATER
    ]
    assert median(errors) < 0.1


def test_it_learns_how_long_answers_are(answered: Callable[..., Run], model: Model) -> None:
    for output_tokens in (50, 80, 900):
        answered(TEXTS[0]["text"], 70, output_tokens=output_tokens)
    learn_from_runs()
    estimate = estimate_for(model, ask(TEXTS[0]["text"]))
    assert estimate.output_tokens == 80
    assert estimate.cost == estimate.input_tokens * 1 + 80 * 4


def test_a_run_is_learnt_from_once(answered: Callable[..., Run]) -> None:
    answered(TEXTS[0]["text"], 70)
    assert (learn_from_runs(), learn_from_runs()) == (1, 0)
    assert set(TokenRate.objects.values_list("runs", flat=True)) == {1}


def test_a_model_nobody_has_asked_takes_what_all_models_taught(
    answered: Callable[..., Run], make_model: Callable[..., Model]
) -> None:
    run = answered(TEXTS[0]["text"], 1000)
    learn_from_runs()
    run.refresh_from_db()
    assert estimate_for(make_model("new"), ask(TEXTS[0]["text"])).input_tokens == pytest.approx(1000, rel=0.01)


@pytest.mark.parametrize(
    "changes",
    [{"cost_is_estimated": True}, {"fell_back": True}, {"image_count": 1}, {"state": "failed"}, {"input_tokens": 0}],
)
def test_what_no_provider_counted_teaches_nothing(answered: Callable[..., Run], changes: dict[str, object]) -> None:
    answered(TEXTS[0]["text"], **{"input_tokens": 1000, **changes})
    assert learn_from_runs() == 0
    assert not TokenRate.objects.exists()


def test_news_move_an_old_rate_by_their_share(answered: Callable[..., Run]) -> None:
    run = answered(TEXTS[0]["text"], 100)
    learn_from_runs()
    TokenRate.objects.update(runs=99)
    answered(TEXTS[0]["text"], 200)
    learn_from_runs()
    run.refresh_from_db()
    rate = TokenRate.objects.get(model=run.model)
    assert rate.runs == 100
    assert rate.ratio == pytest.approx(101 / run.input_token_guess)
