"""The real thing in small: a Celery worker and a web server on the test's own database and Valkey, as processes.

For tests that need a worker to kill or a browser to serve. They are `django_db(transaction=True)`: what a test writes
has to be committed for the others to see it.
"""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from playground.up.ports import free_port, wait_open

# Short enough to wait for in a test; production's are in settings.
IMPATIENT = {"RUN_LEASE_SECONDS": "3", "RUN_DRAIN_SECONDS": "2", "LOG_LEVEL": "INFO", "CELERY_SKIP_CHECKS": "1"}


def wait_until(is_so: Callable[[], object], *, seconds: float = 60, what: str = "") -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or is_so}")
        time.sleep(0.02)


class Stack:
    """`worker` and `web` can be stopped, killed and started again; `url` is where the web server answers."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.issuer = f"http://localhost:{free_port()}"
        self.environment = (
            os.environ | IMPATIENT | self._sign_in() | {"DATABASE_URL": database_url_of_tests()} | environment
        )
        self.identity: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.web: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.start_identity()
        self.start_worker()
        self.start_web()

    def start_identity(self) -> None:
        """The demo identity provider, where a browser really signs in; slow to start, and awaited by who needs it."""
        port = urlsplit(self.issuer).port
        self.identity = self._spawn("identity", "-m", "playground.demo.identity", "--port", str(port))

    def start_worker(self) -> subprocess.Popen[bytes]:
        self.worker = self._spawn(
            "worker",
            *("-m", "celery", "-A", "playground", "worker", "-P", "threads", "-c", "60", "-Q", "interactive"),
            *("--prefetch-multiplier", "1", "--without-gossip", "--without-mingle", "-l", "INFO"),
        )
        wait_until(lambda: b" ready." in self.log("worker"), seconds=120, what="a worker that is ready")
        return self.worker

    def start_web(self) -> subprocess.Popen[bytes]:
        options = [
            *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--port", str(self.port)),
            *("--timeout-graceful-shutdown", "3"),  # as in `make up`: open streams would keep it waiting
        ]
        self.web = self._spawn("web", "-m", "uvicorn", "playground.asgi:application", *options)
        if not wait_open(self.port):
            raise RuntimeError(self.log("web").decode())
        return self.web

    def stop(self) -> None:
        for process in (self.identity, self.worker, self.web):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in (self.identity, self.worker, self.web):
            if process is not None:
                process.wait(timeout=30)

    def stop_worker(self) -> None:
        if self.worker is not None and self.worker.poll() is None:
            self.worker.send_signal(signal.SIGTERM)
            self.worker.wait(timeout=30)

    def log(self, name: str) -> bytes:
        return (self.folder / f"{name}.log").read_bytes()

    @contextmanager
    def get(self, path: str, user: User | str | None = None, **headers: str) -> Iterator[http.client.HTTPResponse]:
        """A GET whose body is read as it arrives; closed at the end of the block as by a browser that leaves.

        `user` may be the session of somebody, for threads, which should open no database connection of their own.
        """
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        if user is not None:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={user if isinstance(user, str) else session_of(user)}"
        try:
            caller.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            yield caller.getresponse()
        finally:
            caller.close()

    def _sign_in(self) -> dict[str, str]:
        client = {"OIDC_CLIENT_ID": "playground", "OIDC_CLIENT_SECRET": "secret", "OIDC_NAME": "Demo sign-in"}
        return {"OIDC_ISSUER": self.issuer, **client}

    def _spawn(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, *arguments], env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )


def session_of(user: User) -> str:
    """A session cookie of somebody who is signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def database_url_of_tests() -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


# The stacks of this session, for the tests that want nobody to answer.
_stacks: list[Stack] = []


@pytest.fixture
def no_worker() -> None:
    """Nobody takes what is queued; the next test that asks for `stack` gets a new worker."""
    for stack in _stacks:
        stack.stop_worker()


@pytest.fixture(scope="session")
def shared_stack(django_db_setup: None) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="playground-stack-") as folder:
        stack = Stack(Path(folder))
        try:
            stack.start()
            _stacks.append(stack)
            yield stack
        finally:
            _stacks.clear()
            stack.stop()


@pytest.fixture
def stack(transactional_db: None, shared_stack: Stack) -> Stack:
    """The session's stack, with a worker that runs."""
    if shared_stack.worker is None or shared_stack.worker.poll() is not None:
        shared_stack.start_worker()
    return shared_stack
