"""What Prometheus reads: the truth of all processes, because it comes from the tables and not from a process.

Counters are the tallies of all months, so they never fall behind by more than the ten seconds between two folds, and
survive every restart; the rest is what is going on right now.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from redis import RedisError

from playground.lib.money import MICRO
from playground.runs.onlookers import all_told
from playground.traffic.contributions import Part, provider_of
from playground.traffic.cooldowns import cooldowns
from playground.traffic.histogram import upper_ms
from playground.traffic.live import live
from playground.traffic.models import COMPANY, Dimension, Span, Tally
from playground.traffic.report import names_of

BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)
COUNTED = (Dimension.ALL, Dimension.MODEL, Dimension.DEPLOYMENT, Dimension.SOURCE, Dimension.DEPARTMENT)


def exposition() -> bytes:
    registry = CollectorRegistry()
    registry.register(_Everything())
    return generate_latest(registry)


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("playground", "This installation.", value={"version": settings.VERSION})
        counted = _counted()
        yield from _of_runs(counted)
        yield from _of_calls(counted[Dimension.DEPLOYMENT])
        yield from _of_now()


def _counted() -> dict[str, dict[str, Part]]:
    """Everything since the first day, by dimension and key."""
    found: dict[str, dict[str, list[Tally]]] = {dimension: defaultdict(list) for dimension in COUNTED}
    for tally in Tally.objects.filter(span=Span.MONTH, department_id=COMPANY, dimension__in=COUNTED):
        found[tally.dimension][tally.key].append(tally)
    return {dimension: {key: Part.sum(tallies) for key, tallies in each.items()} for dimension, each in found.items()}


def _of_runs(counted: dict[str, dict[str, Part]]) -> Iterator[Metric]:
    models = counted[Dimension.MODEL]
    yield _counter("runs", "Runs that ended.", ["model"], models, "requests")
    yield _counter("runs_failed", "Runs that failed or were interrupted.", ["model"], models, "failed")
    yield _counter("runs_stopped", "Runs that a person stopped.", ["model"], models, "stopped")
    yield _counter("run_fallbacks", "Runs that another deployment answered.", ["model"], models, "fallbacks")
    yield _counter(
        "runs_by_source", "Runs by the door they came through.", ["source"], counted[Dimension.SOURCE], "requests"
    )
    causes = CounterMetricFamily("playground_run_failures", "Runs that failed, by cause.", labels=["cause"])
    for whole in counted[Dimension.ALL].values():
        for cause, count in whole.causes.items():
            causes.add_metric([cause], count)
    yield causes
    tokens = CounterMetricFamily("playground_tokens", "Tokens of ended runs.", labels=["model", "kind"])
    cost = CounterMetricFamily("playground_cost", "Cost of ended runs, in the company's currency.", labels=["model"])
    for model, sums in models.items():
        for kind in ("input", "output", "cached"):
            tokens.add_metric([model, kind], getattr(sums, f"{kind}_tokens"))
        cost.add_metric([model], sums.cost / MICRO)
    yield from (tokens, cost)
    names = names_of(Dimension.DEPARTMENT, counted[Dimension.DEPARTMENT])
    paid = CounterMetricFamily("playground_department_cost", "Cost by who pays.", labels=["department"])
    for key, sums in counted[Dimension.DEPARTMENT].items():
        paid.add_metric([names[key]], sums.cost / MICRO)
    yield paid
    yield _histogram("run_first_token_seconds", "From the question to the first token.", "model", models, "first_token")
    yield _histogram("run_seconds", "From the question to the end of the answer.", "model", models, "total")


def _of_calls(deployments: dict[str, Part]) -> Iterator[Metric]:
    labels = ["deployment", "provider"]
    yield _counter("calls", "Calls to providers.", labels, deployments, "requests")
    yield _counter("calls_failed", "Calls to providers that failed.", labels, deployments, "failed")
    yield _counter("call_retries", "Calls that tried the same deployment again.", labels, deployments, "retries")
    causes = CounterMetricFamily("playground_call_failures", "Calls that failed.", labels=["deployment", "cause"])
    for deployment, sums in deployments.items():
        for cause, count in sums.causes.items():
            causes.add_metric([deployment, cause], count)
    yield causes
    what = "From the call to its first token."
    yield _histogram("call_first_token_seconds", what, "deployment", deployments, "first_token")


def _of_now() -> Iterator[Metric]:
    now = live()
    for name, what, value in (
        ("runs_queued", "Runs that wait for a worker.", now.queued),
        ("runs_running", "Runs that are being answered.", now.running),
        ("oldest_queued_seconds", "How long the oldest of them has waited.", now.oldest_queued),
        ("reservations_held", "Reservations that are open.", now.holds.count),
        ("held", "What they hold, in the company's currency.", now.holds.amount / MICRO),
        ("oldest_hold_seconds", "How long the oldest of them has been open.", now.oldest_hold),
        ("slips_waiting", "Ended runs that are not counted yet.", now.waiting_slips),
        ("oldest_slip_seconds", "How long the oldest of them has waited.", now.oldest_slip),
    ):
        yield GaugeMetricFamily(f"playground_{name}", what, value=value)
    queues = GaugeMetricFamily("playground_queue_messages", "Messages in the broker.", labels=["queue"])
    for queue, count in now.queues.items():
        queues.add_metric([queue], count)
    resting = GaugeMetricFamily(
        "playground_resting_seconds", "How long a deployment is left in peace.", labels=["deployment", "cause"]
    )
    for cooldown in cooldowns() or ():
        resting.add_metric([cooldown.deployment, cooldown.cause], cooldown.seconds)
    yield from (queues, resting)
    try:
        yield GaugeMetricFamily("playground_streams_open", "Answers that somebody watches.", value=all_told())
    except RedisError:
        return


def _counter(name: str, what: str, labels: list[str], found: dict[str, Part], column: str) -> Metric:
    family = CounterMetricFamily(f"playground_{name}", what, labels=labels)
    for key, sums in found.items():
        values = [key, provider_of(key)] if "provider" in labels else [key]
        family.add_metric(values, getattr(sums, column))
    return family


def _histogram(name: str, what: str, label: str, found: dict[str, Part], column: str) -> Metric:
    family = HistogramMetricFamily(f"playground_{name}", what, labels=[label])
    for key, sums in found.items():
        counts: list[int] = getattr(sums, column)
        family.add_metric([key], list(_buckets(counts)), getattr(sums, f"{column}_ms") / 1000)
    return family


def _buckets(counts: Iterable[int]) -> Iterator[tuple[str, float]]:
    """Up to each bound: what lies in our finer buckets that end below it."""
    ends = [(upper_ms(bucket) / 1000, count) for bucket, count in enumerate(counts)]
    for bound in BOUNDS:
        yield str(bound), sum(count for end, count in ends if end <= bound)
    yield "+Inf", sum(count for _, count in ends)
