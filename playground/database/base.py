"""Django's PostgreSQL with a pool that tells a server that is away from one that is busy.

Psycopg's pool only waits. Here a wait of a second is followed by a look: where somebody has just been given a
connection the server is there, and where nobody has, one asks for all whether it answers. If it does not, everybody is
told so at once for a moment; where the server is merely busy the wait goes on.
"""

import select
import threading
import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping
from psycopg_pool import ConnectionPool, PoolTimeout

# Whoever was given a connection so lately has seen the server.
SECONDS_SURE = 0.5
# For so long nobody tries again; whoever comes then finds out for all.
SECONDS_AWAY = 1.0


_asking = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    _away_until = 0.0
    _seen_at = 0.0

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
        kind._seen_at = time.monotonic()
        return connection

    def _taken(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except PoolTimeout:
            if not self._is_there(conn_params):
                raise
        # `get_new_connection` has waited for the pool's own timeout, which is short (see settings).
        return self.pool.getconn(self.settings_dict["POOL_PATIENCE"])

    def _is_there(self, conn_params: dict[str, Any]) -> bool:
        """The ping keeps the interpreter while it waits, so it is for the moment when nothing else goes on."""
        kind = type(self)
        with _asking:
            now = time.monotonic()
            if now < kind._away_until:
                return False
            if now < kind._seen_at + SECONDS_SURE:
                return True
            if not _answers(conn_params):
                kind._away_until = time.monotonic() + SECONDS_AWAY
                return False
            kind._seen_at = time.monotonic()
            return True


def _answers(conn_params: dict[str, Any]) -> bool:
    """Whether a server is there that takes connections; it need not be one of ours that is free."""
    keep = {name: conn_params[name] for name in ("host", "port", "dbname", "user", "service") if name in conn_params}
    asked = make_conninfo(**keep, connect_timeout=1).encode()
    # Twice: a busy machine may miss the first one. A server that is not there refuses at once.
    return any(PGconn.ping(asked) == Ping.OK for _ in range(2))


def _has_died(connection: Any) -> bool:
    """A server that restarts says so on its idle connections. Asked of the system, which costs no round trip."""
    watched = select.poll()
    watched.register(connection.fileno(), select.POLLIN)
    if not watched.poll(0):
        return False
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return True
    return False
