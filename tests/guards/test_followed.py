"""A question can be followed from the web to the provider, and nobody who follows it can read it.

Canaries are planted in all that is secret; then everything that leaves the house is searched for them: the logs of
each process, every span, every metric.
"""

import http.client
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from accounts.api_keys import issue_key
from accounts.models import User
from playground.catalog.models import Model
from playground.catalog.providers import save_provider
from playground.traffic.folding import fold_all
from tests.fake_provider import FakeProvider
from tests.guards.collector import Collector
from tests.stack import Stack, session_of, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

CREDENTIAL = "sk-canary-credential"
PROMPT, ANSWER, SEARCH, FAULT = (f"canary-of-the-{what}" for what in ("prompt", "answer", "search", "fault"))
TOKEN = "canary-of-the-metrics"


@pytest.fixture
def watched(no_worker: None, collector: Collector, fake_provider: FakeProvider) -> Iterator[Stack]:
    """A stack of its own that tells everything it may: JSON logs, traces, metrics."""
    with tempfile.TemporaryDirectory(prefix="playground-watched-") as folder:
        stack = Stack(
            Path(folder),
            LOG_FORMAT="json",
            METRICS_TOKEN=TOKEN,
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
            OTEL_BSP_SCHEDULE_DELAY="100",
        )
        try:
            stack.start_worker()
            stack.start_web()
            yield stack
        finally:
            stack.stop()


@pytest.fixture
def served(make_model: Callable[..., Model], fake_provider: FakeProvider) -> Model:
    model = make_model("served", base_url=f"{fake_provider.base_url}/v1")
    provider = model.deployments.get().provider
    save_provider(
        slug=provider.slug, name=provider.name, kind=provider.kind, base_url=provider.base_url, credential=CREDENTIAL
    )
    return model


def attributes(span: Span) -> dict[str, str]:
    return {each.key: str(each.value).strip() for each in span.attributes}


def ask(stack: Stack, secret: str) -> tuple[str, http.client.HTTPMessage]:
    caller = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)
    body = {"model": "served", "messages": [{"role": "user", "content": PROMPT}]}
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    caller.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    response = caller.getresponse()
    answer = response.read().decode()
    caller.close()
    return answer, response.headers


def lines(stack: Stack, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stack.log(name).decode().splitlines() if line.startswith("{")]


def check_trace(collector: Collector, request_id: str) -> None:
    """From the request over the queue and the worker to the call: one trace, each span inside the one before."""
    names = ("POST api:chat_completions", "send run", "process run", "chat demo-quick")
    wait_until(lambda: set(names) <= collector.spans().keys(), seconds=30, what="all four spans")
    spans = [collector.spans()[name] for name in names]
    assert [span.parent_span_id for span in spans[1:]] == [span.span_id for span in spans[:-1]]
    assert len({span.trace_id for span in spans}) == 1
    for span in (spans[0], spans[2]):
        assert attributes(span)["playground.request.id"] == f'string_value: "{request_id}"'
    call = attributes(spans[-1])
    assert call["gen_ai.operation.name"] == 'string_value: "chat"'
    assert call["gen_ai.provider.name"] == 'string_value: "Fake"'
    assert call["gen_ai.usage.output_tokens"] != "int_value: 0"
    assert "stop" in call["gen_ai.response.finish_reasons"]


def test_a_question_is_followed_and_not_read(
    watched: Stack, collector: Collector, served: Model, alice: User, fake_provider: FakeProvider
) -> None:
    _key, secret = issue_key(alice, "laptop", 30)
    fake_provider.script(text=ANSWER)
    answer, headers = ask(watched, secret)
    assert ANSWER in answer
    assert headers["x-request-id"] == headers["request-id"]
    check_trace(collector, headers["x-request-id"])
    fake_provider.reset()
    for status in (500, 400, 401):
        fake_provider.script(status=status, error={"message": FAULT})
        ask(watched, secret)
        fake_provider.reset()
    with watched.get(f"/hub/?q={SEARCH}", alice) as page:
        page.read()
    fold_all()
    with watched.get("/metrics", Authorization=f"Bearer {TOKEN}") as response:
        metrics = response.read().decode()
    watched.stop()

    web_lines, worker_lines = lines(watched, "web"), lines(watched, "worker")
    [asked] = [line for line in web_lines if line.get("route") == "api:chat_completions" and line["status"] == 200]
    assert asked["request"] == headers["x-request-id"]
    assert any(line.get("route") == "hub:index" and line["user"] == alice.pk for line in web_lines)
    assert {"time", "level", "logger", "message"} <= worker_lines[0].keys()
    assert 'playground_runs_total{model="Served"} 4.0' in metrics
    told = {
        "logs": watched.log("web").decode() + watched.log("worker").decode(),
        "spans": b"".join(collector.bodies).decode(errors="replace"),
        "metrics": metrics,
    }
    secrets = [PROMPT, ANSWER, SEARCH, FAULT, TOKEN, CREDENTIAL, secret, session_of(alice), settings.SECRET_KEY]
    secrets += [*settings.CREDENTIAL_KEYS, alice.email]
    for place, text in told.items():
        assert text
        assert [canary for canary in secrets if canary in text] == [], place
