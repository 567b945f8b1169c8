"""`manage.py up`: everything on this machine, until Ctrl-C."""

import os
import sys
import time
import warnings

from playground.up.environment import BASE_DIR, Wishes, current, read_dotenv, wishes
from playground.up.folder import Folder
from playground.up.plan import Plan, fingerprint, make_plan, write_environment
from playground.up.ports import require_free
from playground.up.problems import Problem
from playground.up.register import Register
from playground.up.screen import screen
from playground.up.supervisor import Stopping, Supervisor

_STARTED = time.monotonic()


def say(line: str) -> None:
    print(f"  {time.monotonic() - _STARTED:5.1f} s  {line.rstrip()}", flush=True)  # noqa: T201


def main() -> int:
    os.chdir(BASE_DIR)
    warnings.filterwarnings("ignore", module="platformdirs")  # the PostgreSQL wheel looks for a desktop session
    read_dotenv()
    try:
        wanted = wishes(current())
        folder = Folder(wanted.data)
        folder.prepare()
        with folder.held(wanted.site_url):
            return _run(wanted, folder)
    except Problem as problem:
        print(f"\n{problem}\n", file=sys.stderr)  # noqa: T201
        return 1


def _run(wanted: Wishes, folder: Folder) -> int:
    register = Register(folder.path / "children.json")
    supervisor = Supervisor(say=say, register=register)
    with supervisor.signals():
        try:
            say(f"Starting in {folder.path}")
            for name in register.end_orphans():
                say(f"{name} was left behind by a start that was killed; ended it")
            require_free(wanted.port, host=wanted.host, advice=f"Choose another one: PORT={wanted.port + 1} make up")
            _start(supervisor, make_plan(wanted, folder, current()), wanted, folder)
            supervisor.watch()
        except Stopping:
            pass
        finally:
            if supervisor.children:
                say("Stopping: running answers are finished first. Ctrl-C again hurries.")
                supervisor.stop()
                say(f"Stopped. Everything is kept in {folder.path}")
    return 0


def _start(supervisor: Supervisor, plan: Plan, wanted: Wishes, folder: Folder) -> None:
    write_environment(folder.path / "environment", plan.environment, current())
    supervisor.spawn(*plan.engines, *plan.providers)
    supervisor.wait_ready(*plan.engines, *plan.providers)
    prepared = folder.path / "prepared"
    state = fingerprint(plan.environment)
    if not prepared.exists() or prepared.read_text() != state:
        say("Preparing the database")
        supervisor.run(plan.prepare)
        supervisor.spawn(*plan.serving)
    else:
        # Nothing to migrate, so nobody has to wait for it.
        supervisor.spawn(*plan.serving)
        supervisor.run(plan.prepare)
    prepared.write_text(state)
    supervisor.wait_ready(*plan.serving)
    print(screen(wanted, plan.environment, prepared=folder.logs / "prepare.log"), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
