"""All Celery workers of one machine, as one command: `manage.py workers`, and part of `manage.py up`."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from playground.up.children import Child, Tier
from playground.up.problems import Problem
from playground.up.supervisor import Stopping, Supervisor

# interactive: answers people wait for, hundreds at once, each a coroutine. batch: many rows, slower. system: sweeping
# and parsing, in a process of its own that may die without taking an answer with it.
QUEUES = {
    "interactive": ("-P", "threads", "-c", "300", "--prefetch-multiplier", "1"),
    "batch": ("-P", "threads", "-c", "16", "--prefetch-multiplier", "1"),
    "system": ("-P", "prefork", "-c", "1", "--prefetch-multiplier", "1"),
}
# Workers need not know each other; all that they share is in the database and the broker.
_ALONE = ("--without-mingle", "--without-gossip", "--without-heartbeat")
# A little more than a worker gives its running answers before it ends them itself.
_DRAIN_MARGIN = 20


def celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "playground.celery", "--quiet", *arguments]


def worker_children(
    queues: list[str], *, environment: Mapping[str, str], ready: Path, logs: Path | None = None
) -> list[Child]:
    return [
        celery_child(
            f"{queue} worker",
            Tier.WORKERS,
            celery("worker", "-Q", queue, "-n", f"{queue}@%h", "-l", "INFO", *QUEUES[queue], *_ALONE),
            environment=environment,
            ready=ready / f"{queue}-worker",
            log=logs and logs / f"{queue}-worker.log",
        )
        for queue in queues
    ]


def celery_child(
    name: str, tier: Tier, command: list[str], *, environment: Mapping[str, str], ready: Path, log: Path | None
) -> Child:
    """Ready when it says so itself, by touching a file (`playground/celery.py`) under a name new to this start."""
    marker = ready.with_name(f"{ready.name}-{os.getpid()}-{time.monotonic_ns()}")
    drain = float(environment.get("RUN_DRAIN_SECONDS") or 600)
    return Child(
        name=name,
        command=command,
        tier=tier,
        is_ready=lambda: _taken(marker),
        # Celery would run every check and load every page for them; ours run in `playground/celery.py`.
        environment={**environment, "READY_FILE": str(marker), "CELERY_SKIP_CHECKS": "1"},
        grace=drain + _DRAIN_MARGIN,
        log=log,
    )


def _taken(marker: Path) -> bool:
    """Whether it was there; it is removed, so that a restart has to put it there again."""
    try:
        marker.unlink()
    except FileNotFoundError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="manage.py workers", description=__doc__)
    parser.add_argument("--queues", default=",".join(QUEUES), help="only these, parted by commas")
    queues = parser.parse_args().queues.split(",")
    if unknown := set(queues) - set(QUEUES):
        parser.error(f"no such queue: {', '.join(sorted(unknown))}. There are: {', '.join(QUEUES)}")
    supervisor = Supervisor(say=lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="playground-workers-") as ready, supervisor.signals():
        children = worker_children(queues, environment=os.environ, ready=Path(ready))
        try:
            supervisor.spawn(*children)
            supervisor.wait_ready(*children)
            supervisor.watch()
        except Problem as problem:
            print(problem, file=sys.stderr)  # noqa: T201
            return 1
        except Stopping:
            pass
        finally:
            supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
