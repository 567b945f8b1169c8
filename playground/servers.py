"""What PostgreSQL and the broker tell about themselves; asked at start and by /readyz, over connections of its own."""

from dataclasses import dataclass
from typing import Any

import psycopg
import redis
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

_SECONDS = 2


@dataclass(frozen=True)
class Postgres:
    version: int
    pending: tuple[str, ...]


@dataclass(frozen=True)
class Broker:
    kind: str
    version: str
    policy: str


def ask_postgres() -> Postgres:
    """Not over the pool: a question that must be answered in time cannot wait behind others."""
    keep = {"dbname", "user", "password", "host", "port", "service", "sslmode", "sslrootcert", "sslcert", "sslkey"}
    parameters: dict[str, Any] = {
        name: value for name, value in connection.get_connection_params().items() if name in keep
    }
    with psycopg.connect(**parameters, connect_timeout=_SECONDS, autocommit=True) as server:
        server.execute(sql.SQL("set statement_timeout = {}").format(_SECONDS * 1000))
        there = server.execute("select to_regclass('django_migrations')").fetchone()
        rows = server.execute("select app, name from django_migrations").fetchall() if there and there[0] else []
        return Postgres(server.info.server_version, _pending({(app, name) for app, name in rows}))


def _pending(applied: set[tuple[str, str]]) -> tuple[str, ...]:
    loader = MigrationLoader(None)
    done = set(applied)
    for key, migration in loader.replacements.items():
        if set(migration.replaces) <= applied:
            done.add(key)
    return tuple(f"{app}.{name}" for app, name in sorted(loader.graph.nodes) if (app, name) not in done)


def ask_broker(url: str) -> Broker:
    with redis.Redis.from_url(
        url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=None, decode_responses=True
    ) as server:
        facts: dict[str, Any] = server.info()
        kind = "Valkey" if facts.get("server_name") == "valkey" else "Redis"
        version = str(facts["valkey_version" if kind == "Valkey" else "redis_version"])
        return Broker(kind, version, str(facts.get("maxmemory_policy", "")))


def ping_broker(url: str) -> None:
    with redis.Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=None) as server:
        server.ping()
