"""Chat completions."""

import json
from typing import Any, ClassVar

from playground.demo.provider.answers import Call
from playground.demo.provider.ask import Ask
from playground.demo.provider.wires import CALL_ID, Spent, event, quoted


class Chat:
    path: ClassVar[str] = "/v1/chat/completions"

    def __init__(self, ask: Ask, spent: Spent) -> None:
        self.ask = ask
        self.spent = spent
        self._about = {"id": "chatcmpl-demo", "created": 1767225600, "model": ask.model}
        about = json.dumps({"object": "chat.completion.chunk", **self._about}, ensure_ascii=False)
        self._before = f'data: {about[:-1]},"choices":[{{"index":0,"delta":{{'
        self._after = '},"finish_reason":null}]}\n\n'

    def head(self) -> bytes:
        return f'{self._before}"role":"assistant","content":""{self._after}'.encode()

    def thought(self, piece: str) -> bytes:
        return f'{self._before}"reasoning_content":{quoted(piece)}{self._after}'.encode()

    def text(self, piece: str) -> bytes:
        return f'{self._before}"content":{quoted(piece)}{self._after}'.encode()

    def call(self, name: str) -> bytes:
        call = {"index": 0, "id": CALL_ID, "type": "function", "function": {"name": name, "arguments": ""}}
        return event(self._chunk([{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}]))

    def arguments(self, piece: str) -> bytes:
        call = f'"tool_calls":[{{"index":0,"function":{{"arguments":{quoted(piece)}}}}}]'
        return f"{self._before}{call}{self._after}".encode()

    def finish(self, reason: str) -> bytes:
        reason = "stop" if reason == "refusal" else reason
        return event(self._chunk([{"index": 0, "delta": {}, "finish_reason": reason}]))

    def usage(self) -> bytes:
        return event({**self._chunk([]), "usage": self._usage()}) if self.ask.include_usage else b""

    def end(self) -> bytes:
        return b"data: [DONE]\n\n"

    def whole(self, thought: str, text: str, reason: str, call: Call | None) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": text or None}
        if thought:
            message["reasoning_content"] = thought
        if call:
            function = {"name": call.name, "arguments": call.arguments}
            message["tool_calls"] = [{"id": CALL_ID, "type": "function", "function": function}]
        choices = [{"index": 0, "message": message, "finish_reason": reason}]
        return {**self._about, "object": "chat.completion", "choices": choices, "usage": self._usage()}

    def error(self) -> bytes:
        return event({"error": {"message": "The server had an error", "type": "server_error", "code": None}})

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {**self._about, "object": "chat.completion.chunk", "choices": choices}

    def _usage(self) -> dict[str, Any]:
        spent = self.spent
        return {
            "prompt_tokens": spent.input_tokens,
            "completion_tokens": spent.output_tokens,
            "total_tokens": spent.input_tokens + spent.output_tokens,
            "prompt_tokens_details": {"cached_tokens": spent.cached_tokens},
            "completion_tokens_details": {"reasoning_tokens": spent.reasoning_tokens},
        }
