"""The database is away: everybody is told so, and when to try again."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.up.ports import free_port
from tests.stack import Stack

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("stack")]


@pytest.fixture
def without_database(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path, DATABASE_URL=f"postgres://nobody@127.0.0.1:{free_port()}/nothing")
    try:
        stack.start_web()
        yield stack
    finally:
        stack.stop()


def test_a_page_says_so_and_when_to_come_back(without_database: Stack) -> None:
    with without_database.get("/", "a" * 32) as response:
        page = response.read().decode()
        assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert "Back in a moment" in page
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_nobody_waits_long_to_be_told(without_database: Stack) -> None:
    with without_database.get("/livez") as response:
        assert response.status == 200  # what is slow at the first request only has happened
    began = time.monotonic()
    for _ in range(4):
        with without_database.get("/", "a" * 32) as response:
            assert response.status == 503
    assert time.monotonic() - began < 4


def test_a_stream_says_so_too(without_database: Stack) -> None:
    with without_database.get("/runs/00000000-0000-4000-8000-000000000000/events/", "a" * 32) as response:
        assert response.status == 503


def test_a_program_is_told_in_its_own_shape(without_database: Stack) -> None:
    with without_database.get("/v1/models", Authorization="Bearer pg_whatever") as response:
        error = json.loads(response.read())["error"]
        assert (response.status, response.headers["Retry-After"], error["code"]) == (503, "5", "unavailable")
