"""Our /v1 beside the LiteLLM proxy: python -m tests.bench.side_by_side --litellm PATH [--streams 10,50,200,400].

The same questions by the same client to the same upstream, one after the other in one run on one machine, and the plain
relay beside both. PATH is the `litellm` command of an environment of its own (or LITELLM); without one, only ours and
the relay are measured. Who has not answered all within --seconds is cut off, and the line says so.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import re
import subprocess
from collections.abc import Callable, Sequence
from math import ceil

import uvloop

from playground.up.children import Child, Tier
from playground.up.plan import answers
from playground.up.ports import free_port
from playground.up.problems import Problem
from tests.bench import streams
from tests.bench.client import Answer, Connection, Person, Seen
from tests.bench.installation import AT_ONCE, Installation, installation
from tests.bench.processes import family, memory_mb
from tests.bench.provider import FIRST_TOKEN_SECONDS

HEAD = "streams who         CPU ms per 1,000 tokens   first token +ms           lag ms   errors  lost    MB   answers"
QUESTION = json.dumps(
    {"model": "bench", "stream": True, "messages": [{"role": "user", "content": "How are you?"}], "max_tokens": 4096}
).encode()
LITELLM_KEY = "sk-bench"
LITELLM_CONFIG = """
model_list:
  - model_name: bench
    litellm_params: {{ model: openai/bench, api_base: "http://127.0.0.1:{provider}/v1", api_key: x }}
general_settings: {{ master_key: {key} }}
"""
_content = re.compile(rb'"content": ?"([^"]*)"')


class Chunks(Answer):
    """An answer in chat completion chunks, of which each may hold several tokens."""

    def take(self, frames: bytes) -> None:
        super().take(b" ".join(_content.findall(frames)))
        self.ended = self.ended or b"[DONE]" in frames


class Program(Person):
    """Asks /v1/chat/completions again and again."""

    def __init__(self, port: int, key: str, seen: Seen, tokens: int) -> None:
        super().__init__(port, "", seen, tokens)
        self._asks = (
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(QUESTION)}\r\n\r\n"
        ).encode() + QUESTION

    async def _ask_once(self) -> None:
        if self._connection is None or self._connection.transport.is_closing():
            where = asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", self.port)
            _, self._connection = await where
        answer = Chunks(self.seen)
        await self._connection.ask(self._asks, answer)
        answer.count(self.tokens)


def main() -> None:
    options = _options()
    print(f"{options.tokens} tokens an answer at {options.rate:g} a second, {options.times} times; p50/p95\n{HEAD}")
    with installation(tokens=options.tokens, rate=options.rate) as made:
        streams.prepare(made)
        key = _key()
        for people in options.streams:
            _measure(made, "relay", [made.relay], "x", [made.beside[1]], people, options)
            workers = ceil(people / AT_ONCE)
            with made.serving(webs=options.web, workers=workers) as children:
                ports = [int(child.name.removeprefix("web ")) for child in children if child.name.startswith("web ")]
                parts = [*made.plan.engines, *children]
                _measure(made, "playground", ports, key, parts, people, options)
            if options.litellm:
                _measure_litellm(made, people, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--litellm", default=os.environ.get("LITELLM", ""), help="the litellm command")
    parser.add_argument("--streams", default="10,50,200,400", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--tokens", default=200, type=int)
    parser.add_argument("--rate", default=40.0, type=float)
    parser.add_argument("--times", default=2, type=int)
    parser.add_argument("--seconds", default=300.0, type=float, help="the longest that one line of the table may take")
    parser.add_argument("--web", default=1, type=int, help="web servers of ours")
    parser.add_argument("--workers", default=1, type=int, help="processes of LiteLLM")
    return parser.parse_args()


def _key() -> str:
    from accounts.api_keys import issue_key  # noqa: PLC0415 - Django is set up by now
    from accounts.models import User  # noqa: PLC0415

    _row, secret = issue_key(User.objects.get(username="bench"), "bench", 30)
    return secret


def _measure_litellm(made: Installation, people: int, options: argparse.Namespace) -> None:
    port = free_port()
    config = made.folder.path / "litellm.yaml"
    config.write_text(LITELLM_CONFIG.format(provider=made.provider, key=LITELLM_KEY))
    command = [options.litellm, "--config", str(config), "--port", str(port), "--host", "127.0.0.1"]
    child = Child(
        "litellm",
        [*command, "--num_workers", str(options.workers)],
        Tier.WEB,
        _is_ready(port),
        {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"LITELLM_LOG": "ERROR"},
        grace=30,
        log=made.folder.logs / "litellm.log",
    )
    try:
        made.start(child)
        _measure(made, "litellm", [port], LITELLM_KEY, [child], people, options)
    except Problem as problem:
        print(f"{people:7} litellm     {problem}", flush=True)
    finally:
        _stop(child)
        made.supervisor.children.remove(child)


def _stop(child: Child) -> None:
    """Asked to first, and then killed: who is stuck must not keep the rest from being measured."""
    if child.process is None:
        return
    child.signal(child.stop_signal)
    try:
        child.process.wait(timeout=child.grace)
    except subprocess.TimeoutExpired:
        child.kill()
        child.process.wait()


def _is_ready(port: int) -> Callable[[], bool]:
    return lambda: answers(port, "/health/liveliness")


def _measure(
    made: Installation,
    name: str,
    ports: Sequence[int],
    key: str,
    children: Sequence[Child],
    people: int,
    options: argparse.Namespace,
) -> None:
    """One line of the table, after a few questions that nobody counts."""
    asyncio.run(ask_all(ports, key, Seen(), people=4, times=1, ramp=0, tokens=options.tokens, seconds=options.seconds))
    before = {child.name: streams.cpu(child) for child in children}
    seen = Seen()
    gc.collect()
    gc.disable()
    asking = ask_all(
        *(ports, key, seen),
        people=people,
        times=options.times,
        ramp=5.0,
        tokens=options.tokens,
        seconds=options.seconds,
    )
    has_ended = uvloop.run(asking)
    gc.enable()
    used = sum(streams.cpu(child) - before[child.name] for child in children)
    each = f"{used / seen.tokens * 1000:.1f}" if seen.tokens else "-"
    added = [each - FIRST_TOKEN_SECONDS * 1000 for each in seen.first_token]
    memory = sum(memory_mb(family(child.process.pid)) for child in children if child.process)
    print(
        f"{people:7} {name:11} {each:>23} {streams.spread(added):>17} {streams.spread(seen.lag):>16}"
        f" {len(seen.errors):8} {seen.wrong + seen.unfinished:5} {memory:5.0f} {seen.answers:9}",
        flush=True,
    )
    if not has_ended:
        print(
            f"        did not end in {options.seconds:g} s: {people * options.times} answers were asked for", flush=True
        )
    for error in seen.errors[:2]:
        print(f"        {error}", flush=True)


async def ask_all(
    ports: Sequence[int], key: str, seen: Seen, *, people: int, times: int, ramp: float, tokens: int, seconds: float
) -> bool:
    """Whether all ended in time; what had come by then is in `seen`."""

    async def one(port: int) -> None:
        await asyncio.sleep(random.uniform(0, ramp))  # noqa: S311
        await Program(port, key, seen, tokens).ask(times)

    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(one(ports[number % len(ports)]) for number in range(people)))
    except TimeoutError:
        return False
    return True


if __name__ == "__main__":
    main()
