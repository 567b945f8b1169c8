"""Quantiles of merged histograms are as near to the truth as is promised."""

import random

from hypothesis import given
from hypothesis import strategies as st

from playground.traffic import histogram

ms = st.floats(min_value=1, max_value=7_000_000)


def counted(values: list[float]) -> list[int]:
    counts: list[int] = []
    for value in values:
        histogram.add(counts, value)
    return counts


@given(st.lists(ms, min_size=1, max_size=300), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_is_within_its_bound(values: list[float], share: float) -> None:
    found = histogram.quantile(counted(values), share)
    true = sorted(values)[max(0, -(-int(share * 100) * len(values) // 100) - 1)]
    assert found is not None
    assert abs(found / true - 1) <= histogram.ERROR + 1e-9


@given(st.lists(ms, max_size=50), st.lists(ms, max_size=50))
def test_merging_is_adding(some: list[float], others: list[float]) -> None:
    assert histogram.merged([counted(some), counted(others)]) == counted(some + others)


def test_nothing_has_no_quantile() -> None:
    assert histogram.quantile([], 0.5) is None


def test_what_takes_for_ever_is_counted_as_hours() -> None:
    assert len(counted([1e12])) == histogram.LAST + 1
    assert histogram.upper_ms(histogram.LAST) > 2 * 3600 * 1000
    assert counted([0.0, random.random()]) == [2]  # noqa: S311
