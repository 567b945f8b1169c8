"""How many answers stream at once, and what a token costs: python -m tests.bench.streams [--streams 50,200,500].

What `make up` runs, with a provider that sends 40 tokens a second, and beside it in the same run a plain relay: this
machine's floor, so that figures of different days and machines can be compared as so many times the relay's. Each
person asks several times in a row, at a random moment first.
"""

import argparse
import asyncio
import gc
import os
import random
import statistics
import time
from collections.abc import Sequence
from math import ceil

import uvloop

from playground.up.children import Child
from tests.bench.client import Person, Seen
from tests.bench.installation import AT_ONCE, Installation, installation
from tests.bench.processes import cpu_ms, family, memory_mb
from tests.bench.provider import FIRST_TOKEN_SECONDS

HEAD = "streams          CPU ms per 1,000 tokens   first token +ms       lag ms   errors  lost    MB  (of the CPU)"


def main() -> None:
    options = _options()
    print(f"{options.tokens} tokens a answer at {options.rate:g} a second; p50/p95\n{HEAD}", flush=True)
    with installation(tokens=options.tokens, rate=options.rate) as made:
        cookie = prepare(made)
        for people in options.streams:
            floor = 0.0
            if options.relay:
                floor = _measure(made, "relay", [made.relay], "", [made.beside[1]], people, options)
            workers = options.workers or ceil(people / AT_ONCE)
            with made.serving(webs=options.web, workers=workers) as children:
                ports = [int(child.name.removeprefix("web ")) for child in children if child.name.startswith("web ")]
                asyncio.run(_bench(ports, cookie, Seen(), people=4, times=1, ramp=0, tokens=options.tokens))
                parts = [*made.plan.engines, *children]
                ours = _measure(made, f"{options.web}+{workers}", ports, cookie, parts, people, options)
            if floor:
                print(f"{people:7} = {ours / floor:.1f} times the relay", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", default="50,200,500", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--tokens", default=200, type=int)
    parser.add_argument("--rate", default=40.0, type=float)
    parser.add_argument("--times", default=3, type=int)
    parser.add_argument("--web", default=1, type=int, help="web servers")
    parser.add_argument("--workers", default=0, type=int, help="interactive workers; as many as needed")
    parser.add_argument("--relay", default=True, action=argparse.BooleanOptionalAction, help="measure it as well")
    return parser.parse_args()


def prepare(made: Installation) -> str:
    """The tables, a person with a department, a model at the provider; the cookie of her session."""
    os.environ |= made.environment
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
    base_url = f"http://127.0.0.1:{made.provider}/v1"
    at = save_provider(slug="bench", name="Bench", kind="openai_compatible", base_url=base_url, credential="x")
    deployment = Deployment.objects.create(model=model, provider=at, name="bench")
    Price.objects.create(
        deployment=deployment, effective_from=timezone.now(), input=1_000_000, output=4_000_000, cached_input=100_000
    )
    return f"session={session_of(user)}"


async def _bench(
    ports: Sequence[int], cookie: str, seen: Seen, *, people: int, times: int, ramp: float, tokens: int
) -> None:
    async def one(port: int) -> None:
        await asyncio.sleep(random.uniform(0, ramp))  # noqa: S311
        await Person(port, cookie, seen, tokens).ask(times)

    await asyncio.gather(*(one(ports[number % len(ports)]) for number in range(people)))


def _measure(
    made: Installation,
    name: str,
    ports: Sequence[int],
    cookie: str,
    children: Sequence[Child],
    people: int,
    options: argparse.Namespace,
) -> float:
    """One line of the table; the processor time of `children` for a thousand tokens, in milliseconds."""
    before = {child.name: cpu(child) for child in [*children, made.beside[0]]}
    before["client"] = time.process_time() * 1000
    seen = Seen()
    gc.collect()
    gc.disable()
    uvloop.run(_bench(ports, cookie, seen, people=people, times=options.times, ramp=5.0, tokens=options.tokens))
    gc.enable()
    thousands = max(seen.tokens, 1) / 1000
    used = {child.name: (cpu(child) - before[child.name]) / thousands for child in children}
    beside = {
        "client": (time.process_time() * 1000 - before["client"]) / thousands,
        "provider": (cpu(made.beside[0]) - before["provider"]) / thousands,
    }
    total, parts = sum(used.values()), _by_kind(used)
    added = [each - FIRST_TOKEN_SECONDS * 1000 for each in seen.first_token]
    memory = sum(memory_mb(family(child.process.pid)) for child in children if child.process)
    shown = "  ".join(f"{kind} {each:.1f}" for kind, each in parts.items())
    bench = "  ".join(f"{kind} {each:.1f}" for kind, each in beside.items())
    print(
        f"{people:7} {name:8} {total:24.1f}   {spread(added):>15} {spread(seen.lag):>12} {len(seen.errors):8}"
        f" {seen.wrong + seen.unfinished:5} {memory:5.0f}  {shown} | {bench}",
        flush=True,
    )
    for error in seen.errors[:2]:
        print(f"        {error}")
    return total


def cpu(child: Child) -> float:
    assert child.process is not None
    return cpu_ms(family(child.process.pid))


def _by_kind(used: dict[str, float]) -> dict[str, float]:
    kinds = {"web": "web", "interactive": "worker", "PostgreSQL": "postgres", "Valkey": "valkey", "relay": "relay"}
    parts: dict[str, float] = {}
    for name, each in used.items():
        kind = kinds.get(name.split()[0], "others")
        parts[kind] = parts.get(kind, 0) + each
    return parts


def spread(values: Sequence[float]) -> str:
    if len(values) < 2:
        return "-"
    at = statistics.quantiles(values, n=100)
    return f"{at[49]:.0f}/{at[94]:.0f}"


if __name__ == "__main__":
    main()
