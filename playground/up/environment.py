"""What the person at the terminal named in the environment, and what we start because she did not."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environ import Env

from playground.up.problems import Problem

BASE_DIR = Path(__file__).resolve().parent.parent.parent
_SIGN_IN = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


@dataclass(frozen=True)
class Wishes:
    """A URL or key that was named means: use that one, start none."""

    host: str
    port: int
    data: Path
    site_url: str
    starts_postgres: bool
    starts_broker: bool
    starts_streams: bool
    starts_provider: bool
    starts_identity: bool


def read_dotenv() -> None:
    """`.env` beside manage.py; what is in the environment already wins."""
    path = BASE_DIR / ".env"
    if path.exists():
        Env.read_env(str(path))


def wishes(environment: Mapping[str, str]) -> Wishes:
    def is_named(*names: str) -> bool:
        return any(environment.get(name) or environment.get(f"{name}_FILE") for name in names)

    missing = [name for name in _SIGN_IN if not is_named(name)]
    if 0 < len(missing) < len(_SIGN_IN):
        raise Problem(f"Sign-in needs {', '.join(_SIGN_IN)}; {' and '.join(missing)} is not set.")
    port = _port(environment.get("PORT") or "8000")
    return Wishes(
        host=environment.get("HOST") or "127.0.0.1",
        port=port,
        data=Path(environment.get("DATA_DIR") or BASE_DIR / ".data").expanduser().resolve(),
        site_url=environment.get("SITE_URL") or f"http://localhost:{port}",
        starts_postgres=not is_named("DATABASE_URL"),
        starts_broker=not is_named("REDIS_URL"),
        starts_streams=not is_named("REDIS_URL", "STREAM_REDIS_URL"),
        starts_provider=environment.get("DEMO_PROVIDER", "1") not in {"0", "false", "no", "off"},
        starts_identity=bool(missing),
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:  # noqa: PLR2004
        raise Problem(f"PORT={text} is no port. Take a number from 1 to 65535: PORT=8001 make up")
    return int(text)


def current() -> dict[str, str]:
    return dict(os.environ)
