from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.models import Deployment, Model, Price
from playground.catalog.pricing import cost, input_bound, parts, prices_for, worst_cost
from playground.catalog.tokens import bound
from playground.gateway.types import ChatRequest, Turn, Usage
from tests.catalogue import CACHED, INPUT, OUTPUT

PRICE = {"id": 1, "input": INPUT, "cached_input": CACHED, "output": OUTPUT}
tokens = st.integers(0, 2_000_000)


def test_a_token_costs_its_share_of_a_million() -> None:
    assert cost(PRICE, Usage(input_tokens=1000, output_tokens=10)) == 1000 + 40


def test_cached_tokens_cost_their_own_price() -> None:
    assert cost(PRICE, Usage(input_tokens=1000, cached_tokens=1000)) == 100


def test_a_fraction_of_a_micro_unit_is_rounded_up() -> None:
    assert cost({**PRICE, "input": 1}, Usage(input_tokens=1)) == 1


def test_tokens_written_to_the_cache_cost_their_own_price() -> None:
    assert cost({**PRICE, "cache_write": 1_250_000}, Usage(input_tokens=1000, cache_write_tokens=800)) == 200 + 1000


def test_reasoning_costs_its_own_price() -> None:
    assert cost({**PRICE, "reasoning": 6_000_000}, Usage(output_tokens=10, reasoning_tokens=4)) == 24 + 24


def test_an_image_costs_beside_its_tokens() -> None:
    assert cost({**PRICE, "image": 5_000}, Usage(input_tokens=10), images=2) == 10 + 10_000


def test_a_price_admitted_without_the_finer_parts_still_counts() -> None:
    usage = Usage(input_tokens=10, cache_write_tokens=5, output_tokens=10, reasoning_tokens=5)
    assert cost(PRICE, usage, images=1) == 10 + 40


parts_of_a_price = st.fixed_dictionaries(
    {name: st.integers(0, 50_000_000) for name in ("input", "output", "cached_input", "cache_write", "reasoning")}
    | {"id": st.just(1), "image": st.integers(0, 50_000)}
)


@given(parts_of_a_price, st.tuples(tokens, tokens, tokens, tokens, tokens), st.integers(0, 20))
def test_nothing_costs_more_than_the_worst(price: dict[str, int], counted: tuple[int, ...], images: int) -> None:
    usage = Usage(*counted)
    worst = worst_cost({"1": price}, input_tokens=counted[0], output_tokens=counted[1], images=images)
    assert cost(price, usage, images=images) <= worst


def test_a_price_says_what_it_leaves_open(model: Model) -> None:
    price = Price(input=3, output=15, cached_input=1, deployment=model.deployments.get())
    assert parts(price) == {
        "id": None, "input": 3, "output": 15, "cached_input": 1, "cache_write": 3, "reasoning": 15, "image": 0
    }  # fmt: skip


def test_the_worst_is_that_of_the_dearest_deployment() -> None:
    assert worst_cost({"1": PRICE, "2": {**PRICE, "output": 9_000_000}}, input_tokens=0, output_tokens=1) == 9


def test_the_input_bound_counts_all_that_is_sent() -> None:
    request = ChatRequest(turns=(Turn("user", "Why?"),), max_output_tokens=1)
    assert input_bound(replace(request, system="Be brief.")) - input_bound(request) == bound("Be brief.")
    assert input_bound(replace(request, schema={"type": "object"})) > input_bound(request) + bound('{"type": "object"}')


def test_the_newest_price_in_force_counts(model: Model, make_deployment: Callable[..., Deployment]) -> None:
    old, other = model.deployments.get(), make_deployment(model, name="other")
    for days, amount in [(-1, 7), (1, 9)]:
        Price.objects.create(
            deployment=old, effective_from=timezone.now() + timedelta(days=days), input=amount, cached_input=0, output=0
        )
    assert {key: price["input"] for key, price in prices_for(model).items()} == {str(old.pk): 7, str(other.pk): INPUT}
