"""One person in a loop: asks, reads her answer's events, asks again. Notes when each token arrived.

Parsed by hand, a few microseconds a message, so that it is never the narrow place of a bench.
"""

import asyncio
import re
import time
from array import array
from dataclasses import dataclass, field
from typing import cast

_stamp = re.compile(rb"\d{9,}")
_partial = re.compile(rb'answer-(open|closed)" hx-swap="(\w+)">(.*?)</hx-partial>', re.DOTALL)
_length = re.compile(rb"(?i)content-length: *(\d+)")
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass
class Seen:
    """What all people of one bench saw. Times in milliseconds."""

    first_token: list[float] = field(default_factory=list)
    lag: "array[float]" = field(default_factory=lambda: array("d"))
    answers: int = 0
    tokens: int = 0
    # Answers whose page does not show each token once, and those that just stopped.
    wrong: int = 0
    unfinished: int = 0
    errors: list[str] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """Kept alive, as a browser's: one answer at a time, its body given to `take` as it arrives."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._received = b""
        self._status: bytes = b""
        self._answer: Answer | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(ConnectionResetError("The connection was closed before the answer's end."))

    def ask(self, request: bytes, answer: "Answer | None" = None) -> "asyncio.Future[bytes]":
        """Resolves to the body; to nothing where `answer` takes it."""
        self.ended = asyncio.get_running_loop().create_future()
        self._received, self._status, self._answer = b"", b"", answer
        self.transport.write(request)
        return self.ended

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._status:
            head, parted, body = self._received.partition(b"\r\n\r\n")
            if not parted:
                return
            self._status, self._received = head, body
        length = _length.search(self._status)
        is_whole = len(self._received) >= int(length[1]) if length else self._received.endswith(_LAST_CHUNK)
        if b" 200 " not in self._status[:16]:
            self._answer = None
        if self._answer is not None:
            whole, end, rest = self._received.rpartition(b"\n\n")
            self._received = rest
            if end:
                self._answer.take(whole)
        if is_whole:
            self._end()

    def _end(self) -> None:
        if b" 200 " in self._status[:16]:
            self.ended.set_result(self._received)
        else:
            self.ended.set_exception(ValueError(f"{self._status[:60]!r} {self._received[:300]!r}"))


class Answer:
    """What a page would show."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.began = time.monotonic_ns()
        self.last = 0
        self.closed: list[int] = []
        self.open: list[int] = []
        self.ended = False

    def take(self, frames: bytes) -> None:
        now = time.monotonic_ns()
        if b"answer-closed" in frames or b"innerHTML" in frames:
            found: list[int] = []
            for place, swap, html in _partial.findall(frames):
                stamps = [int(stamp) for stamp in _stamp.findall(html)]
                if place == b"closed":
                    self.closed = stamps if swap == b"innerHTML" else self.closed + stamps
                else:
                    self.open = stamps if swap == b"innerHTML" else self.open + stamps
                found += stamps
        else:
            found = [int(stamp) for stamp in _stamp.findall(frames)]
            self.open += found
        self.ended = self.ended or b"event: end" in frames or b"[DONE]" in frames
        # The open block is sent as it grows and once more, rendered, when it closes: only the growth arrives.
        fresh = [stamp for stamp in found if stamp > self.last]
        if not fresh:
            return
        if not self.last:
            self.seen.first_token.append((now - self.began) / 1e6)
        self.last = fresh[-1]
        self.seen.lag.extend([now / 1e6 - stamp / 1e3 for stamp in fresh])

    def count(self, tokens: int) -> None:
        shown = self.closed + self.open
        self.seen.answers += 1
        self.seen.tokens += len(shown)
        self.seen.wrong += len(shown) != tokens or shown != sorted(set(shown))
        self.seen.unfinished += not self.ended


class Person:
    """Asks the Playground, or where there is no `cookie` the relay."""

    def __init__(self, port: int, cookie: str, seen: Seen, tokens: int) -> None:
        self.port = port
        self.cookie = cookie
        self.seen = seen
        self.tokens = tokens
        self._connection: Connection | None = None

    async def ask(self, times: int) -> None:
        try:
            for _ in range(times):
                try:
                    await self._ask_once()
                except (OSError, ValueError) as error:
                    self.seen.errors.append(repr(error))
                    self._connection = None
        finally:
            if self._connection:
                self._connection.transport.close()

    async def _ask_once(self) -> None:
        if self._connection is None or self._connection.transport.is_closing():
            where = asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", self.port)
            _, self._connection = await where
        answer = Answer(self.seen)
        if self.cookie:
            run_id = await self._connection.ask(self._request("POST", "/bench/ask/", b"question=How+are+you"))
            await self._connection.ask(self._request("GET", f"/runs/{run_id.decode()}/events/"), answer)
        else:
            await self._connection.ask(self._request("POST", "/v1/chat/completions", b"{}"), answer)
        answer.count(self.tokens)

    def _request(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body
