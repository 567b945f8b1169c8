"""What `make up` runs, in a folder that is thrown away: its own plan, with the bench's door and its provider."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playground.up.children import Child, Tier
from playground.up.environment import BASE_DIR, wishes
from playground.up.folder import Folder
from playground.up.plan import Plan, answers, make_plan, web
from playground.up.ports import free_port, is_open
from playground.up.supervisor import Supervisor
from playground.up.workers import QUEUES, worker_children

# What makes the plan leave out the demo's provider and its sign-in; nobody of the bench signs in by a page.
_ENVIRONMENT = {
    "DEMO_PROVIDER": "0",
    "OIDC_ISSUER": "http://localhost:1",
    "OIDC_CLIENT_ID": "bench",
    "OIDC_CLIENT_SECRET": "bench",
    "LOG_LEVEL": "WARNING",
}
AT_ONCE = int(QUEUES["interactive"][QUEUES["interactive"].index("-c") + 1])


class Installation:
    def __init__(self, folder: Path, *, tokens: int, rate: float) -> None:
        self.folder = Folder(folder)
        self.folder.prepare()
        self.supervisor = Supervisor(say=lambda line: None)
        self.provider = free_port()
        self.relay = free_port()
        self.plan: Plan = make_plan(
            wishes({**_ENVIRONMENT, "DATA_DIR": str(folder), "PORT": str(free_port())}),
            self.folder,
            {**os.environ, **_ENVIRONMENT},
        )
        self.environment = {**self.plan.environment, "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
        self.beside = [
            self._server("provider", self.provider, "tests.bench.provider", str(tokens), str(rate)),
            self._server("relay", self.relay, "tests.bench.relay", str(self.provider)),
        ]
        self.start(*self.plan.engines, *self.beside)

    def start(self, *children: Child) -> None:
        self.supervisor.spawn(*children)
        self.supervisor.wait_ready(*children)

    @contextmanager
    def serving(self, *, webs: int, workers: int) -> Iterator[list[Child]]:
        """All that the plan serves with, with so many web servers and interactive workers; fresh ones."""
        others = [child for child in self.plan.serving if child.tier != Tier.WEB and "interactive" not in child.name]
        children = [
            *(self._web(free_port()) for _ in range(webs)),
            *(self._worker(number) for number in range(workers)),
            *(replace(child, environment=child.environment) for child in others),
        ]
        self.start(*children)
        try:
            yield children
        finally:
            for child in children:
                child.signal(child.stop_signal)
            for child in children:
                assert child.process is not None
                child.process.wait(timeout=child.grace)
                self.supervisor.children.remove(child)

    def _web(self, port: int) -> Child:
        # Each is asked by its port, as by a balancer before them all.
        log = self.folder.logs / f"web-{port}.log"
        command = web("127.0.0.1", port, seconds=3)
        return Child(f"web {port}", command, Tier.WEB, lambda: answers(port, "/readyz"), self.environment, log=log)

    def _worker(self, number: int) -> Child:
        logs = self.folder.logs
        [child] = worker_children(["interactive"], environment=self.environment, ready=self.folder.ready, logs=logs)
        child.command[child.command.index("interactive@%h")] = f"interactive-{number}@%h"
        return child

    def _server(self, name: str, port: int, module: str, *arguments: str) -> Child:
        command = [sys.executable, "-m", module, str(port), *arguments]
        log = self.folder.logs / f"{name}.log"
        return Child(name, command, Tier.PROVIDERS, lambda: is_open(port), dict(os.environ), log=log)


@contextmanager
def installation(*, tokens: int, rate: float) -> Iterator[Installation]:
    os.chdir(BASE_DIR)
    folder = Path(tempfile.mkdtemp(prefix="playground-bench-"))
    folder.chmod(0o755)  # PostgreSQL is another user where we are root
    made = None
    try:
        made = Installation(folder, tokens=tokens, rate=rate)
        yield made
    finally:
        if made is not None:
            made.supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)
