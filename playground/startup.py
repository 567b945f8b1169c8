"""Before the first request or task: the checks, and what only the servers can tell. Unsafe means: do not start."""

import psycopg
import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, run_checks

from playground import floors
from playground.checks import PRODUCTION, is_production
from playground.servers import Broker, Postgres, ask_broker, ask_postgres


def refuse_unsafe_start() -> None:
    problems = [message for message in run_checks(tags=[PRODUCTION]) if message.is_serious()]
    if is_production():
        problems += check_servers()
    if problems:
        raise SystemExit("\n".join(["The Playground does not start:", *(_sentence(problem) for problem in problems)]))


def _sentence(problem: CheckMessage) -> str:
    return f"- {problem.msg} {problem.hint or ''} ({problem.id})"


def check_servers() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    try:
        found += check_postgres(ask_postgres())
    except psycopg.Error as error:
        found.append(
            Error(f"PostgreSQL does not answer: {error}".strip(), hint="Is DATABASE_URL right?", id="playground.E010")
        )
    for name, url in {settings.REDIS_URL: "REDIS_URL", settings.STREAM_REDIS_URL: "STREAM_REDIS_URL"}.items():
        try:
            found += check_broker(ask_broker(name), is_queue=name == settings.REDIS_URL, setting=url)
        except redis.RedisError as error:
            found.append(Error(f"{url} does not answer: {error}", hint=f"Is {url} right?", id="playground.E011"))
    return found


def check_postgres(server: Postgres) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if server.version < floors.POSTGRES:
        found.append(
            Error(
                f"PostgreSQL {server.version // 10000} is no longer kept up; 14 or newer is needed.",
                hint="Upgrade the server; 18 is the version we test with.",
                id="playground.E012",
            )
        )
    if server.pending:
        found.append(
            Error(
                f"The database is not migrated: {len(server.pending)} to go, the first is {server.pending[0]}.",
                hint="Run: python manage.py migrate",
                id="playground.E013",
            )
        )
    return found


def check_broker(server: Broker, *, is_queue: bool, setting: str) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if floor := floors.safe_server(server.kind, server.version):
        found.append(
            Error(
                f"{setting}: {server.kind} {server.version} has a known hole.",
                hint=f"Upgrade it to {floor} or newer.",
                id="playground.E014",
            )
        )
    if is_queue and server.policy != "noeviction":
        found.append(
            Error(
                f"{setting}: its maxmemory-policy is {server.policy}: a full server would throw queued work away.",
                hint="Set maxmemory-policy noeviction, and give the streams a server of their own: STREAM_REDIS_URL.",
                id="playground.E015",
            )
        )
    return found
