"""Our book against the provider's own bill, over everything that can happen to an answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from accounts.models import User
from playground.catalog.models import Model, Price
from playground.demo.provider.ask import tokens
from playground.gateway.types import ChatRequest, Turn
from playground.quota.models import LedgerEntry
from playground.runs.models import LIVE_STATES, Attempt, Run, RunState
from playground.runs.start import cancel_run, start_run
from tests.fake_provider import FakeProvider
from tests.gateway.test_malformed import BREAKING, HARMLESS
from tests.stack import Stack, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

KINDS = ("openai_compatible", "openai", "anthropic")
RUNS_A_CASE = 2
TEXT = "\n\n".join(f"Ideia número {number} – ção, 日本語を書く, 👍 `code`." for number in range(8))
# Long enough that the provider finds a part of it in its cache.
SYSTEM = "Answer in the words of a patient librarian who has read everything. " * 8
# Whole micro-units a token, so that a sum of answers costs the sum of their costs.
COUNTED = ("input_tokens", "cached_tokens", "output_tokens")
PRICE = {"input": 2_000_000, "cached_input": 1_000_000, "output": 4_000_000}


@dataclass(frozen=True)
class Case:
    """What happens to the answers of one model."""

    name: str
    rule: dict[str, Any] = field(default_factory=dict)
    max_output_tokens: int = 400
    # The wire that says everything, the usage too, with its last message.
    not_on: str = ""


# The provider says what it has counted.
EXACT = [
    Case("done"),
    Case("with-thoughts", {"reasoning": "Let me think about it."}),
    Case("at-its-limit", max_output_tokens=20),
    Case("after-429", {"status": 429, "retry_after": 0.1, "times": 2}),
    Case("after-500", {"status": 500, "times": 1}),
    Case("cut-before-end", {"cut": "before_end"}, not_on="openai"),
    Case("hang-before-end", {"hang": "before_end"}, not_on="openai"),
    *(Case(malform, {"malform": malform}) for malform in HARMLESS),
]
# It is left, or leaves, before it can say so.
ESTIMATED = [
    Case("cut-after-headers", {"cut": "after_headers"}),
    Case("cut-mid-utf8", {"cut": "mid_utf8"}),
    Case("cut-mid-event", {"cut": "mid_event"}),
    Case("cut-mid-stream", {"cut": "mid_stream"}),
    Case("cut-by-a-proxy", {"cut": "mid_stream", "clean": True}),
    Case("cut-before-usage", {"cut": "before_usage"}),
    Case("without-usage", {"usage": False}, not_on="openai"),
    Case("stopped", {"hang": "mid_stream"}),
]
# It goes on counting what we have stopped reading: nobody here can know how far.
UNKNOWN = [
    Case("ignores-limit", {"ignore_max_tokens": True}, 20),
    *(Case(malform, {"malform": malform}) for malform in ["error_event", *BREAKING]),
]
# It answers no question.
NOTHING = [
    Case("bad-request", {"status": 400}),
    Case("bad-key", {"status": 401}),
    Case("always-429", {"status": 429, "retry_after": 0.05}),
    Case("always-500", {"status": 500}),
    Case("cut-before-headers", {"cut": "before_headers"}),
]


@dataclass(frozen=True)
class Line:
    """One case on one wire: what was booked and what the provider's bill says, in micro-units."""

    name: str
    booked: int
    billed: int
    received: int
    is_estimated: set[bool]
    attempts: int
    calls: int


@pytest.fixture
def lines(
    stack: Stack, fake_provider: FakeProvider, make_model: Callable[..., Model], alice: User
) -> Callable[[list[Case]], list[Line]]:
    """Ask twice for each case on every wire, and look at both books when all has ended."""

    def lines(cases: list[Case]) -> list[Line]:
        names = []
        for kind, case in product(KINDS, cases):
            if case.not_on != kind:
                names.append(f"{kind}/{case.name}")
                ask(names[-1], kind, case)
        until_ended()
        counts = fake_provider.counts()
        return [line(name, counts) for name in names]

    def ask(name: str, kind: str, case: Case) -> None:
        fake_provider.script(model=name, text=TEXT)
        fake_provider.script(model=name, text=TEXT, **case.rule)
        base_url = fake_provider.base_url if kind == "anthropic" else f"{fake_provider.base_url}/v1"
        model = make_model(name, name=name, kind=kind, base_url=base_url)
        Price.objects.create(deployment=model.deployments.get(), effective_from="2021-01-01T00:00Z", **PRICE)
        request = ChatRequest((Turn("user", "Ideas?"),), case.max_output_tokens, system=SYSTEM)
        for _ in range(RUNS_A_CASE):
            start_run(user=alice, source="chat", model=model, request=request)

    return lines


def line(name: str, counts: dict[str, Any]) -> Line:
    runs = Run.objects.filter(model__slug=name)
    entries = LedgerEntry.objects.filter(reservation_id__in=runs.values("pk"), kind__in=("settle", "overrun"))
    spent = counts["spent_by_model"].get(name, dict.fromkeys(COUNTED, 0))
    heard = sum(len(tokens(run.reasoning)) + len(tokens(run.output)) for run in runs)
    return Line(
        name,
        booked=sum(entries.values_list("amount", flat=True)),
        billed=amount(**spent),
        received=amount(**(spent | {"output_tokens": heard})),
        is_estimated=set(runs.values_list("cost_is_estimated", flat=True)),
        attempts=Attempt.objects.filter(run__in=runs).count(),
        calls=counts["requests_by_model"][name],
    )


def amount(*, input_tokens: int, cached_tokens: int, output_tokens: int, **_: int) -> int:
    fresh = (input_tokens - cached_tokens) * PRICE["input"]
    return (fresh + cached_tokens * PRICE["cached_input"] + output_tokens * PRICE["output"]) // 1_000_000


def until_ended() -> None:
    """Press Stop where an answer does not go on."""

    def have_ended() -> bool:
        for run in Run.objects.filter(state=RunState.RUNNING, model__slug__endswith="/stopped").exclude(output=""):
            cancel_run(run)
        return not Run.objects.filter(state__in=LIVE_STATES).exists()

    wait_until(have_ended, seconds=120, what="the end of every run")


Lines = Callable[[list[Case]], list[Line]]


def test_what_the_provider_has_counted_is_booked_to_the_micro_unit(lines: Lines, ledger_is_true: None) -> None:
    for each in lines(EXACT):
        assert (each.booked, each.is_estimated, each.attempts) == (each.billed, {False}, each.calls), each
        assert each.billed > 0, each


def test_what_it_could_not_say_is_estimated_and_never_below_its_count(lines: Lines, ledger_is_true: None) -> None:
    for each in lines(ESTIMATED):
        assert each.booked >= each.billed > 0, each
        assert (each.is_estimated, each.attempts) == ({True}, each.calls), each


def test_what_nobody_can_know_is_estimated_and_never_below_what_came(lines: Lines, ledger_is_true: None) -> None:
    for each in lines(UNKNOWN):
        assert each.booked >= each.received > 0, each
        assert (each.is_estimated, each.attempts) == ({True}, each.calls), each


def test_a_question_that_was_not_answered_costs_nothing(lines: Lines, ledger_is_true: None) -> None:
    for each in lines(NOTHING):
        assert (each.booked, each.billed, each.attempts) == (0, 0, each.calls), each
