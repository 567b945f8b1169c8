"""Which places a run may go to: an admitted price, and no more freedom with the data than was chosen."""

import pytest
from pytest_django.fixtures import Settings

from playground.gateway.types import Route, Target
from playground.runs.models import Run
from playground.runs.routing import allowed_route, stays_within


def target(key: str = "own", *, region: str = "", data_use: str = "not_kept") -> Target:
    return Target(key=key, label=key, kind="openai", model="quick", region=region, data_use=data_use)


def keys(route: Route) -> tuple[list[str], list[str]]:
    return [one.key for one in route.targets], [one.key for one in route.fallbacks.get("outage", ())]


@pytest.mark.parametrize("priced", [{"own"}, {"other"}, set[str]()])
def test_what_has_no_admitted_price_is_not_asked(priced: set[str]) -> None:
    route = Route((target(),), fallbacks={"outage": (target("other"),)})
    own, others = keys(allowed_route(Run(prices={key: {} for key in priced}), route))
    assert {*own, *others} == priced


def test_a_fallback_that_is_less_careful_is_left_out() -> None:
    route = Route((target(),), fallbacks={"outage": (target("other", data_use="trained_on"),)})
    assert keys(allowed_route(Run(prices={"own": {}, "other": {}}), route)) == (["own"], [])


def test_who_wants_no_other_model_gets_none() -> None:
    route = Route((target(),), fallbacks={"outage": (target("other"),)})
    run = Run(prices={"own": {}, "other": {}}, may_fall_back=False)
    assert keys(allowed_route(run, route)) == (["own"], [])


@pytest.mark.parametrize(
    ("own", "other", "may"),
    [
        ("ours", "ours", True),
        ("ours", "not_kept", False),
        ("not_kept", "ours", True),
        ("not_kept", "kept", False),
        ("kept", "trained_on", False),
        ("kept", "unknown", False),
        ("kept", "", False),
        ("unknown", "trained_on", True),
    ],
)
def test_another_model_does_no_more_with_the_data(own: str, other: str, *, may: bool) -> None:
    assert stays_within([target(data_use=own)], target(data_use=other)) == may


@pytest.mark.parametrize(
    ("own", "other", "stays", "may"),
    [
        ("eu", "eu", True, True),
        ("eu", "us", True, False),
        ("eu", "", True, False),
        ("", "us", True, True),
        ("eu", "us", False, True),
    ],
)
def test_another_model_stays_in_the_region(own: str, other: str, settings: Settings, *, stays: bool, may: bool) -> None:
    settings.FALLBACK_STAYS_IN_REGION = stays
    assert stays_within([target(region=own)], target(region=other)) == may
