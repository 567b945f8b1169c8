"""Responses."""

from typing import Any, ClassVar

from playground.demo.provider.answers import Call
from playground.demo.provider.ask import Ask
from playground.demo.provider.wires import CALL_ID, Spent, event, quoted


class Responses:
    path: ClassVar[str] = "/v1/responses"

    def __init__(self, ask: Ask, spent: Spent) -> None:
        self.ask = ask
        self.spent = spent
        self._number = 0
        self._reason = "stop"
        self._call: dict[str, str] = {}

    def head(self) -> bytes:
        return self._event("response.created", response=self._response("in_progress"))

    def thought(self, piece: str) -> bytes:
        return self._delta("response.reasoning_summary_text.delta", piece)

    def text(self, piece: str) -> bytes:
        return self._delta("response.output_text.delta", piece)

    def call(self, name: str) -> bytes:
        self._call = {"type": "function_call", "id": "fc-demo", "call_id": CALL_ID, "name": name, "arguments": ""}
        return self._event("response.output_item.added", output_index=0, item=self._call)

    def arguments(self, piece: str) -> bytes:
        self._call["arguments"] += piece
        return self._delta("response.function_call_arguments.delta", piece)

    def finish(self, reason: str) -> bytes:
        self._reason = reason
        if self._call:
            return self._event("response.output_item.done", output_index=0, item=self._call)
        return self._event("response.output_item.done", output_index=0, item={"type": "message", "id": "msg-demo"})

    def usage(self) -> bytes:
        return b""

    def end(self) -> bytes:
        status = "incomplete" if self._reason == "length" else "completed"
        return self._event(f"response.{status}", response=self._response(status) | {"usage": self._usage()})

    def whole(self, thought: str, text: str, reason: str, call: Call | None) -> dict[str, Any]:
        self._reason = reason
        status = "incomplete" if reason == "length" else "completed"
        content = [{"type": "output_text", "text": text, "annotations": []}]
        output: list[dict[str, Any]] = [{"type": "message", "id": "msg-demo", "role": "assistant", "content": content}]
        if call:
            output = [{"type": "function_call", "call_id": CALL_ID, "name": call.name, "arguments": call.arguments}]
        if thought:
            summary = [{"type": "summary_text", "text": thought}]
            output.insert(0, {"type": "reasoning", "id": "rs-demo", "summary": summary})
        return self._response(status) | {"output": output, "usage": self._usage()}

    def error(self) -> bytes:
        return self._event("error", code="server_error", message="The server had an error", param=None)

    def _delta(self, kind: str, piece: str) -> bytes:
        self._number += 1
        return (
            f'event: {kind}\ndata: {{"type":"{kind}","sequence_number":{self._number},"item_id":"msg-demo",'
            f'"output_index":0,"content_index":0,"delta":{quoted(piece)}}}\n\n'
        ).encode()

    def _event(self, kind: str, **more: Any) -> bytes:
        self._number += 1
        return event({"type": kind, "sequence_number": self._number, **more}, named=True)

    def _response(self, status: str) -> dict[str, Any]:
        details = {"reason": "max_output_tokens"} if status == "incomplete" else None
        about = {"id": "resp-demo", "object": "response", "created_at": 1767225600, "model": self.ask.model}
        return {**about, "status": status, "incomplete_details": details, "output": [], "error": None, "usage": None}

    def _usage(self) -> dict[str, Any]:
        spent = self.spent
        return {
            "input_tokens": spent.input_tokens,
            "input_tokens_details": {"cached_tokens": spent.cached_tokens},
            "output_tokens": spent.output_tokens,
            "output_tokens_details": {"reasoning_tokens": spent.reasoning_tokens},
            "total_tokens": spent.input_tokens + spent.output_tokens,
        }
