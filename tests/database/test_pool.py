"""Connections: a busy pool is waited for, a server that is away is not, and one that restarts is forgiven."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from playground.database.base import DatabaseWrapper
from playground.up.ports import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def wrapper() -> Iterator[DatabaseWrapper]:
    """A pool of one connection, of its own."""
    settings = connections[DEFAULT_DB_ALIAS].settings_dict
    options = {**settings["OPTIONS"], "pool": {"min_size": 0, "max_size": 1, "timeout": 0.2}}
    wrapper = DatabaseWrapper({**settings, "OPTIONS": options, "POOL_PATIENCE": 5}, alias="of a test")
    yield wrapper
    wrapper.close_pool()
    DatabaseWrapper._away_until = 0.0


@pytest.fixture
def nobody_has_seen_it() -> None:
    """The test's own connection is one, too."""
    DatabaseWrapper._seen_at = 0.0


def take(wrapper: DatabaseWrapper) -> Any:
    return wrapper.get_new_connection(wrapper.get_connection_params())


def give_back(wrapper: DatabaseWrapper, connection: Any) -> None:
    assert wrapper.pool is not None
    wrapper.pool.putconn(connection)


def test_a_busy_pool_is_waited_for(wrapper: DatabaseWrapper) -> None:
    threading.Timer(0.6, give_back, [wrapper, take(wrapper)]).start()
    connection = take(wrapper)
    assert connection.execute("SELECT 1").fetchone() == (1,)
    give_back(wrapper, connection)


def test_a_connection_that_the_server_has_closed_is_replaced(wrapper: DatabaseWrapper) -> None:
    connection = take(wrapper)
    pid = connection.info.backend_pid
    give_back(wrapper, connection)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    connection = take(wrapper)
    assert connection.info.backend_pid != pid
    assert connection.execute("SELECT 1").fetchone() == (1,)
    give_back(wrapper, connection)


def test_a_server_that_somebody_has_just_seen_is_not_asked(wrapper: DatabaseWrapper) -> None:
    threading.Timer(0.4, give_back, [wrapper, take(wrapper)]).start()
    wrapper.settings_dict["PORT"] = str(free_port())  # where it would not answer
    give_back(wrapper, take(wrapper))


@pytest.mark.usefixtures("nobody_has_seen_it")
def test_a_server_that_is_away_is_remembered_for_a_moment(wrapper: DatabaseWrapper) -> None:
    wrapper.settings_dict["PORT"] = str(free_port())
    with pytest.raises(psycopg.OperationalError):
        take(wrapper)
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError, match="away"):
        take(wrapper)
    assert time.monotonic() - began < 0.1
