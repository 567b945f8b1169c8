"""Messages."""

import json
from typing import Any, ClassVar

from playground.demo.provider.answers import Call
from playground.demo.provider.ask import Ask
from playground.demo.provider.wires import CALL_ID, Spent, event, quoted

REASONS = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal", "tool_calls": "tool_use"}


class Messages:
    path: ClassVar[str] = "/v1/messages"

    def __init__(self, ask: Ask, spent: Spent) -> None:
        self.ask = ask
        self.spent = spent
        self._block = -1
        self._kind = ""
        self._reason = "end_turn"

    def head(self) -> bytes:
        message = self._message([], None) | {"usage": self._usage() | {"output_tokens": 1}}
        return event({"type": "message_start", "message": message}, named=True) + event({"type": "ping"}, named=True)

    def thought(self, piece: str) -> bytes:
        return self._delta("thinking", f'"type":"thinking_delta","thinking":{quoted(piece)}')

    def text(self, piece: str) -> bytes:
        return self._delta("text", f'"type":"text_delta","text":{quoted(piece)}')

    def call(self, name: str) -> bytes:
        before = self._stop_block()
        self._kind, self._block = "tool_use", self._block + 1
        block = {"type": "tool_use", "id": CALL_ID, "name": name, "input": {}}
        return before + event({"type": "content_block_start", "index": self._block, "content_block": block}, named=True)

    def arguments(self, piece: str) -> bytes:
        return self._delta("tool_use", f'"type":"input_json_delta","partial_json":{quoted(piece)}')

    def finish(self, reason: str) -> bytes:
        self._reason = REASONS.get(reason, reason)
        return self._stop_block()

    def usage(self) -> bytes:
        delta = {"stop_reason": self._reason, "stop_sequence": None}
        return event({"type": "message_delta", "delta": delta, "usage": self._usage()}, named=True)

    def end(self) -> bytes:
        return event({"type": "message_stop"}, named=True)

    def whole(self, thought: str, text: str, reason: str, call: Call | None) -> dict[str, Any]:
        content: list[dict[str, Any]] = [{"type": "text", "text": text}]
        if call:
            content = [{"type": "tool_use", "id": CALL_ID, "name": call.name, "input": json.loads(call.arguments)}]
        if thought:
            content.insert(0, {"type": "thinking", "thinking": thought, "signature": ""})
        return self._message(content, REASONS.get(reason, reason)) | {"usage": self._usage()}

    def error(self) -> bytes:
        return event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, named=True)

    def _delta(self, kind: str, delta: str) -> bytes:
        before = b"" if kind == self._kind else self._stop_block() + self._start_block(kind)
        about = f'"type":"content_block_delta","index":{self._block}'
        return before + f'event: content_block_delta\ndata: {{{about},"delta":{{{delta}}}}}\n\n'.encode()

    def _start_block(self, kind: str) -> bytes:
        self._kind = kind
        self._block += 1
        block = {"type": kind, kind: ""}
        return event({"type": "content_block_start", "index": self._block, "content_block": block}, named=True)

    def _stop_block(self) -> bytes:
        return event({"type": "content_block_stop", "index": self._block}, named=True) if self._kind else b""

    def _message(self, content: list[dict[str, Any]], reason: str | None) -> dict[str, Any]:
        about = {"id": "msg-demo", "type": "message", "role": "assistant", "model": self.ask.model}
        return {**about, "content": content, "stop_reason": reason, "stop_sequence": None}

    def _usage(self) -> dict[str, Any]:
        spent = self.spent
        return {
            "input_tokens": spent.input_tokens - spent.cached_tokens,
            "cache_read_input_tokens": spent.cached_tokens,
            "cache_creation_input_tokens": 0,
            "output_tokens": spent.output_tokens,
            "output_tokens_details": {"thinking_tokens": spent.reasoning_tokens},
        }
