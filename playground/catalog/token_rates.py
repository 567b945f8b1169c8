"""What real usage has taught about the tokens of each model and script, and the estimate that is made of it."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from playground.catalog import pricing
from playground.catalog.models import Model, TokenRate
from playground.catalog.tokens import guess, script_of
from playground.gateway.types import ChatRequest, Usage

# Around a turn, and around the whole: what providers wrap a question in, usually.
AROUND_A_TURN = 4
AROUND_A_REQUEST = 3
# So many runs are remembered; what is older fades as new ones come.
MEMORY = 500
# A process reads what was learnt this often.
SECONDS_KEPT = 60.0
# What an answer takes before anything was learnt.
USUAL_ANSWER = 400


@dataclass(frozen=True, slots=True)
class Guess:
    """What can be said of a question without knowing the model: kept in its run, to learn from."""

    script: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Rate:
    ratio: float = 1.0
    output_tokens: int = USUAL_ANSWER


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a question will probably come to. `cost` is None where the model has no price."""

    input_tokens: int
    output_tokens: int
    cost: int | None


def guess_for(request: ChatRequest) -> Guess:
    texts = pricing.texts_of(request)
    tokens = sum(guess(text) for text in texts) + AROUND_A_TURN * len(request.turns) + AROUND_A_REQUEST
    return Guess(script_of("\n".join(texts)), round(tokens))


def estimate_for(model: Model, request: ChatRequest) -> Estimate:
    """What `request` will probably take of `model`, at the price of the place that is asked first."""
    guessed = guess_for(request)
    rate = rate_for(model, guessed.script)
    tokens = Usage(round(guessed.tokens * rate.ratio), min(rate.output_tokens, request.max_output_tokens))
    prices = list(pricing.prices_for(model).values())
    # The first is not known before it is asked, and places of one model cost much the same: the dearest is honest.
    cost = max((pricing.cost(price, tokens) for price in prices), default=None)
    return Estimate(tokens.input_tokens, tokens.output_tokens, cost)


def rate_for(model: Model, script: str) -> Rate:
    """What was learnt about this model and script; about the script over all models; else the guess as it is."""
    rates = _rates()
    return rates.get((model.pk, script)) or rates.get((None, script)) or Rate()


_kept: tuple[float, dict[tuple[int | None, str], Rate]] | None = None


def _rates() -> dict[tuple[int | None, str], Rate]:
    global _kept  # noqa: PLW0603 - a process's own copy of a small table
    now = time.monotonic()
    if _kept is None or now - _kept[0] > SECONDS_KEPT:
        rows = TokenRate.objects.values_list("model_id", "script", "ratio", "output_tokens")
        _kept = (now, {(model, script): Rate(ratio, output) for model, script, ratio, output in rows})
    return _kept[1]


def forget() -> None:
    """Read the table again at the next question."""
    global _kept  # noqa: PLW0603
    _kept = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """The medians of some runs of one model (or of all: None) and script that ended until a moment."""

    model_id: int | None
    script: str
    ratio: float
    output_tokens: float
    runs: int
    until: datetime


@transaction.atomic
def learn(lessons: list[Lesson]) -> None:
    """Move each rate towards its lesson, by how many runs speak for either."""
    known = {(rate.model_id, rate.script): rate for rate in TokenRate.objects.select_for_update()}
    for lesson in lessons:
        rate = known.get((lesson.model_id, lesson.script))
        if rate is None:
            rate = TokenRate(model_id=lesson.model_id, script=lesson.script, ratio=1.0, output_tokens=0, runs=0)
        elif rate.learnt_until >= lesson.until:
            continue  # somebody else has learnt it meanwhile
        share = lesson.runs / (min(rate.runs, MEMORY) + lesson.runs)
        rate.ratio += share * (lesson.ratio - rate.ratio)
        rate.output_tokens = round(rate.output_tokens + share * (lesson.output_tokens - rate.output_tokens))
        rate.runs += lesson.runs
        rate.learnt_until = lesson.until
        rate.save()
    forget()
