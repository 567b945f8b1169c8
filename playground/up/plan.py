"""The children of `up`: which there are, with which commands, and the environment they share."""

import hashlib
import http.client
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.demo.people import COMPANY
from playground.up.children import Child, Tier
from playground.up.environment import BASE_DIR, Wishes
from playground.up.folder import Folder, encryption_key
from playground.up.ports import is_open, require_free
from playground.up.postgres import STOP_SIGNAL, Cluster
from playground.up.valkey import Valkey
from playground.up.workers import QUEUES, celery, celery_child, worker_children

_OK = 200
# Enough for a demonstration; a laptop need not give more.
_POSTGRES = ("max_connections=200", "shared_buffers=128MB", "log_min_messages=warning")
# How long open pages and running answers may hold up a Ctrl-C.
_WEB_SECONDS = 3
_DRAIN_SECONDS = 15


@dataclass(frozen=True)
class Plan:
    engines: list[Child]
    providers: list[Child]
    prepare: Child
    serving: list[Child]
    environment: dict[str, str]


def make_plan(wishes: Wishes, folder: Folder, environment: Mapping[str, str]) -> Plan:
    shared = {
        "DEMO": "1",
        "SECRET_KEY": folder.secret("SECRET_KEY"),
        "CREDENTIAL_KEYS": folder.secret("CREDENTIAL_KEYS", encryption_key),
        "RUN_DRAIN_SECONDS": str(_DRAIN_SECONDS),
        **environment,
        "DJANGO_SETTINGS_MODULE": "playground.settings",
        "PYTHONUNBUFFERED": "1",
        "SITE_URL": wishes.site_url,
        "PORT": str(wishes.port),
    }
    engines = _engines(wishes, folder, shared)
    providers = _providers(wishes, folder, shared)
    manage = [sys.executable, "manage.py"]
    return Plan(
        engines=engines,
        providers=providers,
        prepare=Child(
            "prepare",
            [*manage, "prepare"],
            Tier.WEB,
            lambda: True,
            # The people of the demo company are nobody at a real identity provider: a namesake must not become one.
            shared if wishes.starts_identity else {**shared, "OIDC_ISSUER": "http://demo.invalid"},
            log=_new_log(folder.logs / "prepare.log"),
        ),
        serving=[
            Child(
                "web",
                web(wishes.host, wishes.port, seconds=_WEB_SECONDS),
                Tier.WEB,
                lambda: answers(wishes.port, "/readyz"),
                shared,
                grace=_WEB_SECONDS + 7,
                log=folder.logs / "web.log",
            ),
            *worker_children(list(QUEUES), environment=shared, ready=folder.ready, logs=folder.logs),
            celery_child(
                "beat",
                Tier.BEAT,
                celery("beat", "-l", "INFO", "--schedule", str(folder.path / "beat-schedule"), "--pidfile="),
                environment=shared,
                ready=folder.ready / "beat",
                log=folder.logs / "beat.log",
            ),
        ],
        environment=shared,
    )


def fingerprint(environment: Mapping[str, str]) -> str:
    """Changes when a database needs preparing before it is served: another one, or other migrations."""
    migrations = sorted(str(path.relative_to(BASE_DIR)) for path in BASE_DIR.glob("*/migrations/*.py"))
    named = environment["DATABASE_URL"].rpartition("@")[2] if "DATABASE_URL" in os.environ else ""
    return hashlib.sha256(
        "\n".join([named, *migrations, Path(BASE_DIR / "requirements.txt").read_text()]).encode()
    ).hexdigest()


def web(host: str, port: int, *, seconds: int) -> list[str]:
    """The command that serves HTTP; open streams get `seconds` to end when it is asked to stop."""
    return [
        *(sys.executable, "-m", "uvicorn", "playground.asgi:application"),
        *("--host", host, "--port", str(port), "--loop", "uvloop", "--http", "httptools", "--lifespan", "off"),
        *("--no-access-log", "--no-server-header", "--no-proxy-headers", "--log-level", "warning"),
        *("--timeout-graceful-shutdown", str(seconds)),
    ]


def answers(port: int, path: str, host: str = "localhost") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _engines(wishes: Wishes, folder: Folder, shared: dict[str, str]) -> list[Child]:
    engines = []
    if wishes.starts_postgres:
        cluster = Cluster(folder.path / "postgres", folder.port("postgres"), folder.secret("postgres"), _POSTGRES)
        cluster.initialise()
        shared["DATABASE_URL"] = cluster.url
        log = folder.logs / "postgres.log"
        engines.append(
            Child(
                "PostgreSQL",
                cluster.command(),
                Tier.ENGINES,
                cluster.is_ready,
                stop_signal=STOP_SIGNAL,
                orphan_signal=STOP_SIGNAL,
                grace=60,
                log=log,
                become=cluster.become(),
            )
        )
    if wishes.starts_broker:
        broker = Valkey(folder.path / "broker", folder.port("broker"), folder.secret("broker"), append_only=True)
        shared["REDIS_URL"] = broker.url
        engines.append(_valkey("Valkey for queues", broker, folder.logs / "broker.log"))
    if wishes.starts_streams:
        streams = Valkey(
            folder.path / "streams", folder.port("streams"), folder.secret("streams"), policy="volatile-ttl"
        )
        shared["STREAM_REDIS_URL"] = streams.url
        engines.append(_valkey("Valkey for streams", streams, folder.logs / "streams.log"))
    return engines


def _valkey(name: str, server: Valkey, log: Path) -> Child:
    server.initialise()
    stop = Child(name, server.command(), Tier.ENGINES, server.is_ready, log=log, grace=30)
    stop.orphan_signal = stop.stop_signal
    return stop


def _providers(wishes: Wishes, folder: Folder, shared: dict[str, str]) -> list[Child]:
    providers = []
    if wishes.starts_identity:
        port = folder.lasting_port("identity")
        require_free(
            port,
            host="127.0.0.1",
            advice=f"The demo sign-in of this folder lives there: end that program, or change {folder.path}/ports.json",
        )
        shared |= {
            "OIDC_ISSUER": f"http://localhost:{port}",
            "OIDC_CLIENT_ID": "playground",
            "OIDC_CLIENT_SECRET": folder.secret("OIDC_CLIENT_SECRET"),
            "OIDC_NAME": shared.get("OIDC_NAME") or "Demo sign-in",
            "COMPANY_NAME": shared.get("COMPANY_NAME") or COMPANY,
        }
        path = "/.well-known/openid-configuration"
        providers.append(
            Child(
                "demo identity provider",
                [sys.executable, "-m", "playground.demo.identity", "--port", str(port)],
                Tier.PROVIDERS,
                lambda: answers(port, path),
                shared,
                grace=5,
                log=folder.logs / "demo-identity.log",
            )
        )
    if wishes.starts_provider:
        provider_port = folder.port("provider")
        shared["DEMO_PROVIDER_URL"] = f"http://127.0.0.1:{provider_port}"
        providers.append(
            Child(
                "demo provider",
                [sys.executable, "-m", "playground.demo.provider", "--port", str(provider_port)],
                Tier.PROVIDERS,
                lambda: is_open(provider_port),
                shared,
                grace=5,
                log=folder.logs / "demo-provider.log",
            )
        )
    return providers


def _new_log(path: Path) -> Path:
    path.write_text("")
    return path


def write_environment(path: Path, environment: Mapping[str, str], before: Mapping[str, str]) -> None:
    """For `manage.py` in another terminal: `set -a; . .data/environment`."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    lines = [
        f"{name}={json.dumps(value)}\n" for name, value in sorted(environment.items()) if before.get(name) != value
    ]
    path.write_text("".join(lines))
