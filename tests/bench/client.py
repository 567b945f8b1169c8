"""One person in a loop: asks, reads her answer's events, asks again. Notes when each token arrived."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

_stamp = re.compile(rb"(?<![\d-])\d{9,}(?!\d|-)")


@dataclass
class Seen:
    """What all people of one bench saw. Times in milliseconds."""

    first_token: list[float] = field(default_factory=list)
    lag: list[float] = field(default_factory=list)
    texts: dict[str, list[bytes]] = field(default_factory=dict)
    unfinished: int = 0
    errors: list[str] = field(default_factory=list)


class Person:
    def __init__(self, port: int, cookie: str, seen: Seen) -> None:
        self.port = port
        self.cookie = cookie
        self.seen = seen

    async def ask(self, times: int) -> None:
        for _ in range(times):
            try:
                await self._ask_once()
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                self.seen.errors.append(repr(error))

    async def _ask_once(self) -> None:
        began = time.monotonic()
        run_id = (await self._post("/bench/ask/", {"question": "How are you?"})).decode()
        reader, writer = await self._request("GET", f"/runs/{run_id}/events/")
        stamps: list[bytes] = []
        closed_at_end = False
        while line := await reader.readline():
            if line.startswith(b"event: end"):
                closed_at_end = True
                break
            # The open block is sent as it grows and once more, rendered, when it closes: only the growth counts.
            if b"answer-open" not in line and not line.startswith(b"data:"):
                continue
            now = time.monotonic()
            fresh = [stamp for stamp in _stamp.findall(line) if not stamps or stamp > stamps[-1]]
            if fresh and not stamps:
                self.seen.first_token.append((now - began) * 1000)
            self.seen.lag += [now * 1000 - int(stamp) / 1000 for stamp in fresh]
            stamps += fresh
        writer.close()
        self.seen.texts[run_id] = stamps
        self.seen.unfinished += not closed_at_end

    async def _post(self, path: str, form: dict[str, str]) -> bytes:
        reader, writer = await self._request("POST", path, urlencode(form).encode())
        body = await reader.read()
        writer.close()
        return body.strip()

    async def _request(
        self, method: str, path: str, body: bytes = b""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A request of its own connection, read up to the body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        status = await reader.readline()
        if b" 200 " not in status:
            raise ValueError(f"{path}: {status.decode().strip()} {(await reader.read())[:300]!r}")
        while (await reader.readline()).strip():
            pass
        return reader, writer
