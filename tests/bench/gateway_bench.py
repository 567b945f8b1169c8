"""CPU a streamed piece of text costs in the gateway and in the demo provider. By hand:

python -m tests.bench.gateway_bench --streams 200 --tokens 200 --rate 40
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import uvloop

from playground.gateway.router import close_clients
from playground.gateway.types import Delta
from playground.up.ports import free_port, wait_open
from tests.fake_provider import FakeProvider
from tests.gateway.asking import KINDS, PATIENT, question, stream


def cpu_of(pid: int) -> float:
    """Seconds of processor a process has used."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


async def run(provider: FakeProvider, kind: str, options: argparse.Namespace) -> tuple[int, list[float]]:
    target = provider.target(kind)
    waits: list[float] = []

    async def one(start: float) -> int:
        await asyncio.sleep(start)
        begun, deltas = time.monotonic(), 0
        async for event in stream(target, request=question(max_output_tokens=options.tokens * 2), limits=PATIENT):
            if isinstance(event, Delta):
                if not deltas:
                    waits.append(time.monotonic() - begun)
                deltas += 1
        return deltas

    ramp = options.tokens / options.rate / 2 if options.rate else 0
    counts = await asyncio.gather(*(one(index / options.streams * ramp) for index in range(options.streams)))
    await close_clients()
    return sum(counts), sorted(waits)


def measure(
    provider: FakeProvider, pid: int, kind: str, options: argparse.Namespace, say: Callable[[str], object]
) -> None:
    provider.reset()
    provider.script(text="word " * options.tokens, rate=options.rate, first_token=0.1, ignore_max_tokens=True)
    uvloop.run(run(provider, kind, argparse.Namespace(streams=1, tokens=1, rate=0)))  # the SDK's import is not measured
    mine, its, begun = time.process_time(), cpu_of(pid), time.monotonic()
    deltas, waits = uvloop.run(run(provider, kind, options))
    mine, its, took = time.process_time() - mine, cpu_of(pid) - its, time.monotonic() - begun
    say(
        f"{kind:18} {deltas:7} deltas in {took:5.1f} s; CPU per 1,000: gateway {mine / deltas * 1e6:6.1f} ms, "
        f"provider {its / deltas * 1e6:6.1f} ms; first token p50 {waits[len(waits) // 2] * 1000:.0f} ms, "
        f"p95 {waits[int(len(waits) * 0.95)] * 1000:.0f} ms\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--rate", type=float, default=40)
    options = parser.parse_args()
    port = free_port()
    command = [sys.executable, "-m", "playground.demo.provider", "--port", str(port), "--scripted"]
    process = subprocess.Popen(command)  # noqa: S603
    try:
        wait_open(port)
        for kind in KINDS:
            measure(FakeProvider(port), process.pid, kind, options, sys.stdout.write)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
