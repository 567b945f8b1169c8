from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.models import Deployment, Model, Price
from playground.catalog.pricing import cost, input_bound, prices_for, worst_cost
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


@given(tokens, tokens, tokens)
def test_nothing_costs_more_than_the_worst(input_tokens: int, cached: int, output: int) -> None:
    usage = Usage(input_tokens=input_tokens, output_tokens=output, cached_tokens=min(cached, input_tokens))
    assert cost(PRICE, usage) <= worst_cost({"1": PRICE}, input_tokens=input_tokens, output_tokens=output)


def test_the_worst_is_that_of_the_dearest_deployment() -> None:
    assert worst_cost({"1": PRICE, "2": {**PRICE, "output": 9_000_000}}, input_tokens=0, output_tokens=1) == 9


@pytest.mark.parametrize("text", ["hello", "日本語のテキスト", "\ud800 broken", ""])
def test_the_input_bound_is_above_the_bytes(text: str) -> None:
    request = ChatRequest(turns=(Turn("user", text),), max_output_tokens=1, system=text)
    assert input_bound(request) >= 2 * len(text.encode("utf-8", "surrogatepass"))


def test_the_newest_price_in_force_counts(model: Model, make_deployment: Callable[..., Deployment]) -> None:
    old, other = model.deployments.get(), make_deployment(model, name="other")
    for days, amount in [(-1, 7), (1, 9)]:
        Price.objects.create(
            deployment=old, effective_from=timezone.now() + timedelta(days=days), input=amount, cached_input=0, output=0
        )
    assert {key: price["input"] for key, price in prices_for(model).items()} == {str(old.pk): 7, str(other.pk): INPUT}
