"""Django's PostgreSQL with a pool that tells a server that is away from one that is busy.

Psycopg's pool only waits. Here a wait of a second is followed by a ping: where nobody answers, everybody is told so at
once for a moment, and where the server is merely busy the wait goes on.
"""

import select
import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping
from psycopg_pool import ConnectionPool, PoolTimeout

# For so long nobody tries again; whoever comes then finds out for all.
SECONDS_AWAY = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    _away_until = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.pool:
            return super().get_new_connection(conn_params)
        kind = type(self)
        if time.monotonic() < kind._away_until:
            raise psycopg.OperationalError("PostgreSQL was away a moment ago.")
        connection = self._taken(conn_params)
        while _has_died(connection):
            connection.close()
            self.pool.putconn(connection)  # which replaces it
            connection = self._taken(conn_params)
        return connection

    def _taken(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except PoolTimeout:
            if not _answers(conn_params):
                type(self)._away_until = time.monotonic() + SECONDS_AWAY
                raise
        # `get_new_connection` has waited for the pool's own timeout, which is short (see settings).
        return self.pool.getconn(self.settings_dict["POOL_PATIENCE"])


def _answers(conn_params: dict[str, Any]) -> bool:
    """Whether a server is there that takes connections; it need not be one of ours that is free."""
    keep = {name: conn_params[name] for name in ("host", "port", "dbname", "user", "service") if name in conn_params}
    asked = make_conninfo(**keep, connect_timeout=1).encode()
    # Twice: a busy machine may miss the first one. A server that is not there refuses at once.
    return any(PGconn.ping(asked) == Ping.OK for _ in range(2))


def _has_died(connection: Any) -> bool:
    """A server that restarts says so on its idle connections. Asked of the system, not of the server: a round trip
    for every request cost 0.2 ms."""
    watched = select.poll()
    watched.register(connection.fileno(), select.POLLIN)
    if not watched.poll(0):
        return False
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return True
    return False
