"""A log line as JSON says what it is about, and quotes nobody."""

import json
import logging
import sys
from uuid import UUID, uuid4

from celery import shared_task
from django.test import Client

from playground.lib.trail import about, now_about
from playground.logs import JsonFormatter
from playground.runs.sending import REQUEST
from playground.runs.tracing import following


def line(message: str, **more: object) -> dict[str, object]:
    record = logging.LogRecord("room", logging.WARNING, "file.py", 1, message, (), None)
    vars(record).update(more)
    found: dict[str, object] = json.loads(JsonFormatter().format(record))
    return found


def test_a_line_is_one_object() -> None:
    assert {"level": "WARNING", "logger": "room", "message": "two\nlines"}.items() <= line("two\nlines").items()


def test_a_line_names_the_run_and_the_request() -> None:
    with about(request="r1"), about(run="a-run"):
        assert {"request": "r1", "run": "a-run"}.items() <= line("").items()
    assert "run" not in line("")


def test_an_error_is_where_it_broke_and_not_what_it_quotes() -> None:
    try:
        int("words of a person")
    except ValueError:
        found = line("It broke", exc_info=sys.exc_info())
    assert "ValueError" in str(found["error"])
    assert __file__ in str(found["error"])
    assert "words of a person" not in json.dumps(found)


@shared_task  # type: ignore[untyped-decorator]
def follow(run: str) -> dict[str, str]:
    with following(UUID(run)):
        return now_about()


def test_a_worker_knows_the_request_that_asked() -> None:
    run = str(uuid4())
    assert follow.apply([run], headers={REQUEST: "req_1"}).get() == {"run": run, "request": "req_1"}
    assert follow.apply([run]).get() == {"run": run}


def test_an_answer_has_an_id_and_keeps_one_that_was_given(client: Client) -> None:
    assert len(client.get("/livez").headers["X-Request-ID"]) == len("req_") + 32
    assert (
        client.get("/livez", headers={"X-Request-ID": "from-the-proxy-1"}).headers["X-Request-ID"] == "from-the-proxy-1"
    )
    for path in ("/v1/models", "/v1/nowhere", "/v1/openapi.json"):
        answer = client.get(path, headers={"X-Request-ID": "from-the-proxy-1"})
        assert answer.headers["X-Request-ID"] == answer.headers["Request-ID"] == "from-the-proxy-1"
    assert "<" not in client.get("/livez", headers={"X-Request-ID": "<script>alert(1)"}).headers["X-Request-ID"]
