"""The output of a response: thoughts, a message and calls are items, each announced, filled and closed by events."""

from collections.abc import Iterable, Iterator
from typing import Any

from playground.api.calling import Calling
from playground.gateway.types import ToolCallDelta
from playground.programs.errors import Failed
from playground.runs.events import Piece
from playground.runs.models import Run

Json = dict[str, Any]


class Items:
    """The items of one answer; `done` are those that are whole."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thoughts: list[str] = []
        self._words: list[str] = []
        self._open = ""
        self._calls: list[Json] = []
        self._calling = Calling()
        self.done: list[Json] = []

    def of(self, run: Run) -> list[Json]:
        """All of an answer that is whole already."""
        items = [self._reasoning(run.reasoning, "completed")] if run.reasoning else []
        if run.output or not run.calls:
            items.append(self._message(run.output, "completed"))
        return [*items, *(self._function(number, call, "completed") for number, call in enumerate(run.calls))]

    def piece(self, piece: Piece) -> Iterator[Json]:
        if piece.reasoning:
            yield from self._think(piece.reasoning)
        calls = self._calling.of(piece)
        if self._open == "call":  # what goes on with it comes before what follows it
            yield from self._call(calls)
        if piece.text:
            yield from self._say(piece.text)
        yield from self._call(calls)

    def end(self, run: Run) -> Iterator[Json]:
        """What is missing of the calls, and the end of what is open. A call that was cut is not called done."""
        yield from self._call(self._calling.rest(run))
        is_half = self._open == "call" and not run.calls
        if not (run.output or run.calls or is_half):
            yield from self._say("")
        if is_half:
            yield self._at("response.output_item.done", item={**self._calls[-1], "status": "incomplete"})
        else:
            yield from self._close()

    def _call(self, news: Iterable[ToolCallDelta]) -> Iterator[Json]:
        """Raises Failed where a call goes on after its end was told: calls come one after the other."""
        for one in news:
            if one.name:
                yield from self._close()
                self._open = "call"
                self._calls.append(self._function(len(self._calls), {"id": one.id, "name": one.name}, "in_progress"))
                yield self._at("response.output_item.added", item=dict(self._calls[-1]))
            elif self._open != "call" or one.index != len(self._calls) - 1:
                raise Failed("The calls of this answer came mixed up. Please ask again.")
            if one.arguments:
                call = self._calls[-1]
                call["arguments"] += one.arguments
                place = {"item_id": call["id"], "output_index": len(self.done)}
                yield {"kind": "response.function_call_arguments.delta", "delta": one.arguments, **place}

    def _think(self, thought: str) -> Iterator[Json]:
        if self._open != "reasoning":
            yield from self._close()
            self._open = "reasoning"
            yield self._at("response.output_item.added", item=self._reasoning("", "in_progress"))
            part = {"type": "summary_text", "text": ""}
            yield {"kind": "response.reasoning_summary_part.added", "part": part, **self._inside("rs", "summary_index")}
        self._thoughts.append(thought)
        place = self._inside("rs", "summary_index")
        yield {"kind": "response.reasoning_summary_text.delta", "delta": thought, **place}

    def _say(self, words: str) -> Iterator[Json]:
        if self._open != "message":
            yield from self._close()
            self._open = "message"
            begun = {**self._message("", "in_progress"), "content": []}
            yield self._at("response.output_item.added", item=begun)
            yield {"kind": "response.content_part.added", "part": _text(""), **self._inside("msg", "content_index")}
        if words:
            self._words.append(words)
            place = self._inside("msg", "content_index")
            yield {"kind": "response.output_text.delta", "delta": words, "logprobs": [], **place}

    def _close(self) -> Iterator[Json]:
        if self._open == "reasoning":
            thought, place = "".join(self._thoughts), self._inside("rs", "summary_index")
            part = {"type": "summary_text", "text": thought}
            yield {"kind": "response.reasoning_summary_text.done", "text": thought, **place}
            yield {"kind": "response.reasoning_summary_part.done", "part": part, **place}
            yield from self._finish(self._reasoning(thought, "completed"))
        elif self._open == "message":
            text, place = "".join(self._words), self._inside("msg", "content_index")
            yield {"kind": "response.output_text.done", "text": text, "logprobs": [], **place}
            yield {"kind": "response.content_part.done", "part": _text(text), **place}
            yield from self._finish(self._message(text, "completed"))
        elif self._open == "call":
            call = self._calls[-1]
            place = {"item_id": call["id"], "output_index": len(self.done)}
            whole = {"name": call["name"], "arguments": call["arguments"]}
            yield {"kind": "response.function_call_arguments.done", **whole, **place}
            yield from self._finish({**call, "status": "completed"})
        self._open = ""
        self._thoughts, self._words = [], []

    def _finish(self, item: Json) -> Iterator[Json]:
        yield self._at("response.output_item.done", item=item)
        self.done.append(item)

    def _at(self, kind: str, *, item: Json) -> Json:
        return {"kind": kind, "output_index": len(self.done), "item": item}

    def _inside(self, prefix: str, index: str) -> Json:
        return {"item_id": f"{prefix}_{self._name}", "output_index": len(self.done), index: 0}

    def _message(self, text: str, status: str) -> Json:
        about = {"id": f"msg_{self._name}", "type": "message", "role": "assistant", "status": status}
        return {**about, "content": [_text(text)]}

    def _reasoning(self, thought: str, status: str) -> Json:
        summary = [{"type": "summary_text", "text": thought}] if thought else []
        return {"id": f"rs_{self._name}", "type": "reasoning", "summary": summary, "status": status}

    def _function(self, number: int, call: dict[str, str], status: str) -> Json:
        about = {"id": f"fc_{number}_{self._name}", "type": "function_call", "status": status}
        return {**about, "call_id": call["id"], "name": call["name"], "arguments": call.get("arguments", "")}


def _text(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
