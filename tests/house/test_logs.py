"""A log line as JSON says what it is about, and quotes nobody."""

import json
import logging
import sys

from django.test import Client

from playground.lib.trail import about
from playground.logs import JsonFormatter


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


def test_an_answer_has_an_id_and_keeps_one_that_was_given(client: Client) -> None:
    assert len(client.get("/livez").headers["X-Request-ID"]) == 32
    assert (
        client.get("/livez", headers={"X-Request-ID": "from-the-proxy-1"}).headers["X-Request-ID"] == "from-the-proxy-1"
    )
    assert "<" not in client.get("/livez", headers={"X-Request-ID": "<script>alert(1)"}).headers["X-Request-ID"]
