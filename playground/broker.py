"""Celery's transport to the broker: kombu's own, with one client kept where kombu makes one for each message."""

from collections.abc import Iterator
from contextlib import contextmanager

from kombu.transport import TRANSPORT_ALIASES, redis
from redis import ConnectionError as GoneAway
from redis import Redis


class Channel(redis.Channel):
    """A channel whose client lives as long as its pool.

    kombu notes each message that it takes and strikes it out again, each time with a client made for it.

    It also strikes out what a lost connection has left when that connection is closed already. Without this class that
    ends in an error of no kind that Celery expects there, and the worker is left without its event loop.
    """

    _kept: Redis | None = None

    @contextmanager
    def conn_or_acquire(self, client: Redis | None = None) -> Iterator[Redis]:
        if client is None:
            if self.connection is None or self.connection.client is None:
                raise GoneAway("The connection to the broker is closed.")
            if self._kept is None or self._kept.connection_pool is not self.pool:
                self._kept = self._create_client()
            client = self._kept
        yield client


class Transport(redis.Transport):
    Channel = Channel


def use_this_transport() -> None:
    """For both schemes, so that what kombu does by the scheme (TLS for `rediss`) stays."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
