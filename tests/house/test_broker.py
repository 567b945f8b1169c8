"""The transport under Celery keeps what a worker needs when its broker goes away."""

import logging
from typing import Any

import pytest
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.message import Message
from kombu.messaging import Consumer, Producer

from playground.broker import Channel
from playground.celery import app


def taken(connection: Connection, name: str) -> Message:
    """A message that a consumer has and has not acknowledged."""
    queue = Queue(name, exchange="", routing_key=name)
    got: list[Message] = []
    channel = connection.channel()
    Producer(channel).publish({"run": 1}, routing_key=name, declare=[queue])
    with Consumer(channel, queues=[queue], callbacks=[lambda _body, message: got.append(message)]):
        connection.drain_events(timeout=5)
    return got[0]


@pytest.fixture
def connection() -> Any:
    with app.connection_for_read() as connection:
        yield connection


def test_an_acknowledgement_after_the_connection_is_closed_is_a_connection_error(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    message = taken(connection, "late")
    connection.close()
    message.ack_log_error(logging.getLogger("broker"), connection.connection_errors)
    assert "The connection to the broker is closed." in caplog.text


def test_one_client_serves_all_messages(connection: Connection) -> None:
    message = taken(connection, "many")
    channel = message.channel
    assert isinstance(channel, Channel)
    with channel.conn_or_acquire() as one, channel.conn_or_acquire() as other:
        assert one is other
    message.ack()
    assert message.acknowledged
