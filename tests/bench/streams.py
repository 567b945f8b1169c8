"""How many answers stream at once, and what a token costs: python -m tests.bench.streams [--streams 50,200,500].

Everything is real and on this machine: PostgreSQL, Valkey, one worker, one web server, a provider that sends 40
tokens a second. Each person asks several times in a row, at a random moment first.
"""

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from playground.up.ports import free_port, wait_open
from tests.bench.client import Person, Seen
from tests.bench.processes import cpu_ms, family, memory_mb
from tests.bench.provider import FIRST_TOKEN_SECONDS
from tests.services import Services

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    options = _options()
    services = Services()
    services.start()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "DEMO": "1",
        "SECRET_KEY": "a-key-for-benches-only-a-key-for-benches-only-a-key",
        "CREDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "LOG_LEVEL": "WARNING",
    }
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        provider, web = free_port(), free_port()
        cookie = _prepare(provider)
        processes = _start(provider, web, options)
        pids = {name: process.pid for name, process in processes.items()}
        pids |= dict(zip(("postgres", "valkey"), (process.pid for process in services.processes), strict=True))
        asyncio.run(_bench(Person(web, cookie, Seen()), people=4, times=1))  # what is slow once only
        for people in options.streams:
            _measure(pids, web, cookie, people, options)
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait(timeout=60)
        services.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", default="50,200,500", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--tokens", default=200, type=int)
    parser.add_argument("--rate", default=40.0, type=float)
    parser.add_argument("--times", default=3, type=int)
    return parser.parse_args()


def _prepare(provider: int) -> str:
    """The tables, a person with a department, a model at the provider; the cookie of her session."""
    import django  # noqa: PLC0415 - the environment had to be set first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import Department, Membership, User  # noqa: PLC0415
    from playground.catalog.models import Deployment, Model, Price  # noqa: PLC0415
    from playground.catalog.providers import save_provider  # noqa: PLC0415
    from tests.stack import session_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    user = User.objects.create_user("bench")
    Membership.objects.create(user=user, department=Department.objects.create(name="Bench"), is_primary=True)
    model = Model.objects.create(slug="bench", name="Bench", max_output_tokens=4096)
    at = save_provider(
        slug="bench", name="Bench", kind="openai_compatible", base_url=f"http://127.0.0.1:{provider}/v1", credential="x"
    )
    deployment = Deployment.objects.create(model=model, provider=at, name="bench")
    Price.objects.create(
        deployment=deployment, effective_from=timezone.now(), input=1_000_000, output=4_000_000, cached_input=100_000
    )
    return f"session={session_of(user)}"


def _start(provider: int, web: int, options: argparse.Namespace) -> dict[str, subprocess.Popen[bytes]]:
    commands = {
        "provider": ["-m", "tests.bench.provider", str(provider), str(options.tokens), str(options.rate)],
        "worker": [
            *("-m", "celery", "-A", "playground", "worker", "-P", "threads", "-c", str(max(options.streams) + 50)),
            *("-Q", "interactive", "--prefetch-multiplier", "1", "--without-gossip", "--without-mingle"),
            *("-l", "WARNING"),
        ],
        "web": [
            *("-m", "uvicorn", "playground.asgi:application", "--port", str(web), "--loop", "uvloop"),
            *("--http", "httptools", "--no-access-log", "--log-level", "warning"),
        ],
    }
    processes = {name: subprocess.Popen([sys.executable, *line], cwd=ROOT) for name, line in commands.items()}  # noqa: S603
    if not (wait_open(provider) and wait_open(web)):
        raise SystemExit("The provider or the web server did not start.")
    return processes


async def _bench(person: Person, *, people: int, times: int, ramp: float = 0.0) -> None:
    async def one() -> None:
        await asyncio.sleep(random.uniform(0, ramp))  # noqa: S311
        await Person(person.port, person.cookie, person.seen).ask(times)

    await asyncio.gather(*(one() for _ in range(people)))


def _measure(pids: dict[str, int], web: int, cookie: str, people: int, options: argparse.Namespace) -> None:
    families = {name: family(pid) for name, pid in pids.items() if name != "provider"}
    before = {name: cpu_ms([pid for pid in each if Path(f"/proc/{pid}").exists()]) for name, each in families.items()}
    seen, began = Seen(), time.monotonic()
    asyncio.run(_bench(Person(web, cookie, seen), people=people, times=options.times, ramp=5.0))
    seconds = time.monotonic() - began
    families = {name: family(pids[name]) for name in families}
    used = {name: cpu_ms(each) - before[name] for name, each in families.items()}
    thousands = sum(len(text) for text in seen.texts.values()) / 1000
    wrong = sum(len(text) != options.tokens for text in seen.texts.values())
    print(f"\n{people} streams at once, {len(seen.texts)} answers in {seconds:.0f} s")
    print(f"  errors {len(seen.errors)} {seen.errors[:2]}, unfinished {seen.unfinished}, text lost or doubled {wrong}")
    added = [each - FIRST_TOKEN_SECONDS * 1000 for each in seen.first_token]
    print(f"  added time to first token  p50 {_at(added, 50):6.0f} ms   p95 {_at(added, 95):6.0f} ms")
    print(f"  lag of a token             p50 {_at(seen.lag, 50):6.0f} ms   p95 {_at(seen.lag, 95):6.0f} ms")
    parts = "  ".join(f"{name} {each / thousands:.1f}" for name, each in used.items())
    print(f"  CPU per 1,000 tokens       {sum(used.values()) / thousands:.1f} ms   ({parts})")
    memory = "  ".join(f"{name} {memory_mb(each):.0f}" for name, each in families.items())
    print(f"  memory                     {memory} MB", flush=True)


def _at(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else float("nan")


if __name__ == "__main__":
    main()
