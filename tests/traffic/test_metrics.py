"""What Prometheus reads is true, whole and guarded."""

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.runs.onlookers import all_told
from playground.runs.start import cancel_run
from playground.traffic.folding import fold_all
from playground.traffic.metrics import exposition
from tests.queries import queries_of
from tests.runs.asking import Asker, Start, until_ended
from tests.stack import Stack, session_of, wait_until
from tests.traffic.conftest import FAST, SLOW, EndRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(settings: Settings) -> str:
    settings.METRICS_TOKEN = "a-token-for-prometheus"
    return "a-token-for-prometheus"


def samples() -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels, in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposition().decode())
        for sample in family.samples
    }


def test_without_a_token_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        assert client.get("/metrics", headers=headers).status_code == 404


def test_only_the_token_opens_it(client: Client, token: str, dana: User) -> None:
    client.force_login(dana)
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-token"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert client.post("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 405


def test_it_counts_what_ended(end_run: EndRun) -> None:
    end_run(cost=2_500_000, first_token=0.5, took=2)
    end_run(state="failed", error_code="rate_limited", calls=((FAST, "rate_limited"), (SLOW, "rate_limited")), cost=0)
    fold_all()
    found = samples()
    assert found["playground_runs_total", "Quick"] == 2
    assert found["playground_run_failures_total", "rate_limited"] == 1
    assert found["playground_cost_total", "Quick"] == found["playground_department_cost_total", "Marketing"] == 2.5
    assert found["playground_calls_total", FAST, "OpenAI"] == 2
    assert found["playground_call_failures_total", "rate_limited", SLOW] == 1
    assert found["playground_run_seconds_count", "Quick"] == 2
    assert found["playground_run_seconds_bucket", "1.0", "Quick"] == 0
    assert found["playground_run_seconds_bucket", "2.5", "Quick"] == 2
    assert found["playground_run_seconds_sum", "Quick"] == 4


def test_it_shows_what_is_going_on(start: Start) -> None:
    start()
    start()
    found = samples()
    assert found["playground_runs_queued",] == found["playground_reservations_held",] == 2
    assert found["playground_held",] > 0
    assert found["playground_oldest_queued_seconds",] > 0


def test_what_is_not_counted_yet_is_seen(end_run: EndRun) -> None:
    end_run()
    assert samples()["playground_slips_waiting",] == 1
    fold_all()
    assert samples()["playground_slips_waiting",] == 0


@pytest.fixture
def prometheus(client: Client, token: str) -> Client:
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_it_asks_as_much_of_many_models_as_of_few(prometheus: Client, end_run: EndRun) -> None:
    end_run()
    fold_all()
    few = queries_of(prometheus, "/metrics")
    for number in range(30):
        end_run(model=f"model {number}", calls=((f"m{number} at P", ""),))
    fold_all()
    assert queries_of(prometheus, "/metrics") == few


@pytest.mark.django_db(transaction=True)
def test_open_streams_are_counted_over_all_processes(stack: Stack, asked: Asker) -> None:
    run = asked.slowly()
    with stack.get(f"/runs/{run.pk}/events/", session_of(asked.user)) as answer:
        answer.read(1)
        wait_until(lambda: all_told() == 1, seconds=30, what="a web process that tells")
    cancel_run(run)
    until_ended(run)
