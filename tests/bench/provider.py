"""A provider that stamps each token with the moment it was sent: python -m tests.bench.provider PORT TOKENS RATE.

Chat completions only, 100 ms to the first token. One timer for all streams and bytes made once a tick: what it costs
is little more than the system's sending, so that it is never the narrow place of a bench.
"""

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from typing import cast

import uvloop

FIRST_TOKEN_SECONDS = 0.1
TICK = 0.005

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_length = re.compile(rb"(?i)content-length: *(\d+)")


def _chunk(delta: dict[str, str], finish: str | None = None, usage: dict[str, int] | None = None) -> bytes:
    choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": finish}]
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return _framed(json.dumps(body | ({"usage": usage} if usage else {})).encode())


def _framed(data: bytes) -> bytes:
    event = b"data: %b\n\n" % data
    return b"%x\r\n%b\r\n" % (len(event), event)


class Wheel:
    """Sends to everybody who is due in the same five milliseconds the same bytes."""

    def __init__(self, tokens: int, rate: float) -> None:
        self.tokens = tokens
        self.step = 1 / rate
        self._slots: defaultdict[int, list[Call]] = defaultdict(list)
        self._end = _chunk({}, "stop") + _chunk({}, usage={"prompt_tokens": 20, "completion_tokens": tokens})
        self._end += _framed(b"[DONE]") + b"0\r\n\r\n"

    def add(self, call: "Call") -> None:
        self._slots[int((call.begin + call.sent * self.step) / TICK)].append(call)

    async def turn(self) -> None:
        last = int(time.monotonic() / TICK)
        while True:
            await asyncio.sleep(TICK)
            now = int(time.monotonic() / TICK)
            for slot in range(last + 1, now + 1):
                if slot in self._slots:
                    self._send(self._slots.pop(slot))
            last = now

    def _send(self, calls: "list[Call]") -> None:
        stamp = time.monotonic_ns() // 1000
        # A paragraph of fifty tokens, then a blank line: a realistic share of Markdown to render.
        word, last_word = _chunk({"content": f"{stamp} "}), _chunk({"content": f"{stamp}\n\n"})
        for call in calls:
            if call.transport.is_closing():
                continue
            call.sent += 1
            token = word if call.sent % 50 else last_word
            if call.sent < self.tokens:
                call.transport.write(token)
                self.add(call)
            else:
                call.transport.write(token + self._end)


class Call(asyncio.Protocol):
    """A connection, which may ask several times in a row."""

    transport: asyncio.Transport

    def __init__(self, wheel: Wheel) -> None:
        self.wheel = wheel
        self.asked = b""
        self.begin = 0.0
        self.sent = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.asked += data
        head, parted, body = self.asked.partition(b"\r\n\r\n")
        length = _length.search(head)
        if parted and length and len(body) >= int(length[1]):
            self.asked = b""
            self.transport.write(_HEAD)
            self.begin, self.sent = time.monotonic() + FIRST_TOKEN_SECONDS, 0
            self.wheel.add(self)


async def serve(port: int, tokens: int, rate: float) -> None:
    wheel = Wheel(tokens, rate)
    server = await asyncio.get_running_loop().create_server(lambda: Call(wheel), "127.0.0.1", port, backlog=1024)
    async with server:
        await wheel.turn()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
