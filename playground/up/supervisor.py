"""Starts children, watches over them, restarts the ones that die, and stops them in order.

One thread and no more: the system's signal at the supervisor's death is bound to the thread that started the child.
"""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType

from playground.up.children import Child, Tier
from playground.up.problems import Problem
from playground.up.register import Register

_PAUSES = (0.5, 1, 2, 5, 10, 30)
_SETTLED_SECONDS = 60
_TRIES_AT_START = 3
_TRIM_SECONDS = 5


class Stopping(Exception):
    """Somebody asked us to stop while we were starting."""


class Supervisor:
    def __init__(self, *, say: Callable[[str], None], register: Register | None = None) -> None:
        self.children: list[Child] = []
        self.say = say
        self.register = register
        self.requests = 0
        self._trimmed_at = 0.0

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Ctrl-C, a polite kill and a closed terminal all ask to stop; asking again hurries."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.requests += 1

    def spawn(self, *children: Child) -> None:
        for child in children:
            self.children.append(child)
            child.start()
        self._write()

    def wait_ready(self, *children: Child, seconds: float = 90) -> None:
        """Until each answers; a Problem if one cannot be made to."""
        deadline = time.monotonic() + seconds
        waiting = list(children)
        while waiting:
            self._tend()
            for child in waiting:
                if child.deaths >= _TRIES_AT_START:
                    raise Problem(f"{child.name} {child.ending()} again and again. {self._words(child)}")
            waiting = [child for child in waiting if not child.was_ready]
            if waiting and time.monotonic() > deadline:
                raise Problem(f"{waiting[0].name} does not answer after {seconds:.0f} s. {self._words(waiting[0])}")
            self._pause()

    def run(self, child: Child) -> None:
        """A job that ends by itself, while the others are watched."""
        self.spawn(child)
        self.children.remove(child)
        try:
            while child.is_alive:
                self._tend()
                self._pause()
        except BaseException:
            child.kill()
            raise
        if child.process and child.process.returncode != 0:
            raise Problem(f"{child.name} {child.ending()}. {self._words(child)}")

    def watch(self) -> None:
        """Until somebody asks to stop."""
        with contextlib.suppress(Stopping):
            while True:
                self._tend()
                self._pause(0.2)

    def stop(self) -> None:
        """Tier after tier. Asked again, whatever is still busy is killed; engines always get to close their files."""
        for tier in Tier:
            group = [child for child in self.children if child.tier == tier and child.process]
            asked = self.requests
            for child in group:
                child.signal(child.stop_signal)
            deadline = time.monotonic() + max((child.grace for child in group), default=0)
            while any(child.is_alive for child in group) and time.monotonic() < deadline:
                if self.requests > asked and tier is not Tier.ENGINES:
                    break
                time.sleep(0.05)
            for child in group:
                child.kill()
        self._write()

    def _pause(self, seconds: float = 0.05) -> None:
        if self.requests:
            raise Stopping
        time.sleep(seconds)

    def _tend(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.restart_at is not None:
                self._restart(child, now)
            elif not child.is_alive:
                self._bury(child, now)
            elif not child.was_ready and child.is_ready():
                child.was_ready = True
                self.say(f"{child.name} is {'back' if child.deaths else 'up'}")
        if now - self._trimmed_at > _TRIM_SECONDS:
            self._trimmed_at = now
            for child in self.children:
                child.trim_log()

    def _bury(self, child: Child, now: float) -> None:
        child.kill()
        if now - child.started_at > _SETTLED_SECONDS:
            child.deaths = 0
        pause = _PAUSES[min(child.deaths, len(_PAUSES) - 1)]
        child.deaths += 1
        child.restart_at = now + pause
        child.was_ready = False
        self.say(f"{child.name} {child.ending()}; it starts again in {pause:g} s. {self._words(child, lines=3)}")

    def _restart(self, child: Child, now: float) -> None:
        if child.restart_at is not None and now >= child.restart_at:
            child.start()
            self._write()

    def _write(self) -> None:
        if self.register:
            self.register.write(self.children)

    def _words(self, child: Child, lines: int = 12) -> str:
        words = child.last_words(lines)
        return f"The end of {child.log}:\n{words}" if words else ""
