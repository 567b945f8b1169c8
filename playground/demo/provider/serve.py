"""One answer, from the request to its last byte."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn
from zlib import crc32

from playground.demo.provider.answers import Answer, answer_for
from playground.demo.provider.ask import Ask, tokens
from playground.demo.provider.clouds import framed
from playground.demo.provider.malform import MALFORMS
from playground.demo.provider.pace import Wheel
from playground.demo.provider.script import Rule
from playground.demo.provider.wires import Spent, Wire

Send = Callable[[dict[str, Any]], Awaitable[None]]
RATES = {"demo-quick": 40.0, "demo-careful": 25.0, "demo-reasoner": 40.0}
AT_ONCE = 0.0
BREATH = 64
wheel = Wheel()


class HungUp(Exception):
    """The script wanted the connection cut."""


class Answering:
    """Counts what it spends while it sends, so that a cut answer is billed for what was made of it."""

    def __init__(
        self, ask: Ask, wire: type[Wire], rule: Rule | None, send: Send, *, scripted: bool, is_framed: bool = False
    ) -> None:
        self.ask, self.rule, self.send, self.is_framed = ask, rule or Rule(), send, is_framed
        self.spent = Spent(ask.input_tokens, 0, ask.cached_tokens, 0)
        self.wire = wire(ask, self.spent)
        seed = crc32(ask.everything.encode(errors="replace"))
        self.first_token = AT_ONCE if scripted else 0.25 + seed % 350 / 1000
        self.rate = AT_ONCE if scripted else RATES.get(ask.model, 40.0)
        if self.rule.first_token is not None:
            self.first_token = self.rule.first_token
        if self.rule.rate is not None:
            self.rate = self.rule.rate
        answer = answer_for(ask)
        # A script that has its own words wants them.
        self.call = answer.call if self.rule.text is None and self.rule.pieces is None else None
        self.thoughts, self.pieces, self.reason = self._made(answer)

    def _made(self, answer: Answer) -> tuple[list[str], list[str], str]:
        rule, ask = self.rule, self.ask
        thoughts = tokens(answer.reasoning if rule.reasoning is None else rule.reasoning)
        text = answer.text if rule.text is None else rule.text
        if self.call:
            return thoughts, tokens(self.call.arguments), "tool_calls"
        ends = [text.find(stop) for stop in ask.stop if stop in text]
        pieces = rule.pieces or tokens(text[: min(ends, default=len(text))])
        reason = "stop"
        if len(thoughts) + len(pieces) > ask.max_tokens and not rule.ignore_max_tokens:
            thoughts = thoughts[: ask.max_tokens]
            pieces, reason = pieces[: ask.max_tokens - len(thoughts)], "length"
        return thoughts, pieces, rule.finish or reason

    async def whole(self) -> dict[str, Any]:
        """The answer in one piece, after the time that writing it takes."""
        self._spend(len(self.thoughts), len(self.pieces))
        if self.rate:
            await asyncio.sleep(min(self.first_token + self.spent.output_tokens / self.rate / 10, 10))
        text = "" if self.call else "".join(self.pieces)
        body = self.wire.whole("".join(self.thoughts), text, self.reason, self.call)
        if not self.rule.usage:
            body.pop("usage")
        return body

    async def stream(self) -> None:
        await self._start()
        if self.rule.malform:
            return await self._send_malformed()
        await self._wait_or_cut("after_headers")
        loop = asyncio.get_running_loop()
        await self._body(self.wire.head())
        at = loop.time() + self.first_token
        step = 1 / self.rate if self.rate else 0.0
        half = (len(self.thoughts) + len(self.pieces)) // 2
        for number, (make, piece) in enumerate(self._tokens()):
            if at > loop.time():
                await wheel.until(at)
            elif number % BREATH == 0:
                await asyncio.sleep(0)
            at += step
            if self.call and number == len(self.thoughts):
                await self._body(self.wire.call(self.call.name))
            if number == half:
                await self._wait_or_cut("mid_stream")
            await self._send_token(make, piece, late=number >= half)
        await self._send_end()
        return None

    def _tokens(self) -> list[tuple[Callable[[str], bytes], str]]:
        thoughts: list[tuple[Callable[[str], bytes], str]] = [(self.wire.thought, piece) for piece in self.thoughts]
        make = self.wire.arguments if self.call else self.wire.text
        return [*thoughts, *((make, piece) for piece in self.pieces)]

    async def _send_token(self, make: Callable[[str], bytes], piece: str, *, late: bool) -> None:
        thought = make == self.wire.thought
        self._spend(int(thought), int(not thought))
        frame = make(piece)
        if self.rule.cut == "mid_event" and late:
            await self._hang_up(frame[: len(frame) // 2])
        if self.rule.cut == "mid_utf8" and not piece.isascii():
            at = next(index for index, byte in enumerate(frame) if byte > 127)  # noqa: PLR2004
            await self._hang_up(frame[: at + 1])
        await self._body(frame)

    async def _send_end(self) -> None:
        await self._body(self.wire.finish(self.reason))
        await self._wait_or_cut("before_usage")
        if self.rule.usage:
            await self._body(self.wire.usage())
        await self._wait_or_cut("before_end")
        await self._body(self.wire.end(), more=False)

    async def _send_malformed(self) -> None:
        self._spend(len(self.thoughts), len(self.pieces))
        frames = [self.wire.head(), *(make(piece) for make, piece in self._tokens())]
        if self.rule.malform == "error_event":
            frames = [*frames[:3], self.wire.error()]
        else:
            frames += [self.wire.finish(self.reason), self.wire.usage(), self.wire.end()]
            frames = MALFORMS[self.rule.malform or ""]([frame for frame in frames if frame])
        for frame in frames:
            await self._body(frame)
            await asyncio.sleep(0)
        await self._body(b"", more=False)

    async def _wait_or_cut(self, place: str) -> None:
        if self.rule.hang == place:
            await asyncio.Event().wait()
        if self.rule.cut == place:
            await self._hang_up(b"")

    async def _hang_up(self, last: bytes) -> NoReturn:
        await self._body(last, more=not self.rule.clean)
        await asyncio.sleep(0.02)  # so that the last bytes leave before the connection is torn down
        raise HungUp

    def _spend(self, thoughts: int, texts: int) -> None:
        self.spent.reasoning_tokens += thoughts
        self.spent.output_tokens += thoughts + texts

    async def _start(self) -> None:
        kind = b"application/vnd.amazon.eventstream" if self.is_framed else b"text/event-stream; charset=utf-8"
        headers = [(b"content-type", kind), (b"cache-control", b"no-cache")]
        headers += [(name.encode(), value.encode()) for name, value in (self.rule.headers or {}).items()]
        await self.send({"type": "http.response.start", "status": 200, "headers": headers})
        await self.send({"type": "http.response.body", "body": b"", "more_body": True})

    async def _body(self, frame: bytes, *, more: bool = True) -> None:
        if frame or not more:
            body = framed(frame) if self.is_framed else frame
            await self.send({"type": "http.response.body", "body": body, "more_body": more})
