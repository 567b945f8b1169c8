"""Anthropic's messages: its body into our request, our answer into its events."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.http import HttpRequest

from playground.api import messages_body as body
from playground.api.calling import Calling
from playground.api.functions import content, effort, joined, require_question
from playground.api.question import Question
from playground.gateway.types import (
    ChatRequest,
    Effort,
    Function,
    Image,
    Part,
    Text,
    ToolCall,
    ToolCallDelta,
    ToolChoice,
    ToolResult,
    Turn,
)
from playground.lib.money import MICRO
from playground.programs import shapes
from playground.programs.body import read_body
from playground.programs.errors import ApiError, BadBody, Failed
from playground.runs.events import Piece
from playground.runs.models import Run

Json = dict[str, Any]
STOP = {"length": "max_tokens", "content_filter": "refusal", "refusal": "refusal", "tool_calls": "tool_use"}
CALL = "call "
# Of a budget for thinking, in tokens.
LITTLE, MUCH = 4_000, 16_000


def read(request: HttpRequest) -> Question:
    """Raises BadBody, which names the parameter."""
    asked = read_body(request, body.MessagesBody)
    turns = joined(
        Turn("assistant" if message.role == "assistant" else "user", content(_parts(message.content)))
        for message in asked.messages
        if message.role != "system"
    )
    require_question(turns, "messages")
    systems = [asked.system, *(message.content for message in asked.messages if message.role == "system")]
    schema = asked.output_config.format.schema_ if asked.output_config and asked.output_config.format else None
    return Question(
        model=asked.model,
        stream=bool(asked.stream),
        writer=partial(MessagesWriter, asked),
        shows_thoughts=_shows_thoughts(asked),
        request=ChatRequest(
            turns=turns,
            system="\n\n".join(_text(one) for one in systems if one),
            max_output_tokens=asked.max_tokens,
            temperature=asked.temperature,
            top_p=asked.top_p,
            effort=_effort(asked),
            stop=tuple(asked.stop_sequences or ()),
            schema=schema,
            tools=tuple(
                Function(tool.name, tool.description or "", tool.input_schema, strict=bool(tool.strict))
                for tool in asked.tools or ()
            ),
            tool_choice=_choice(asked.tool_choice),
        ),
    )


def _parts(given: str | list[Any]) -> list[Part]:
    if isinstance(given, str):
        return [Text(given)]
    return [part for block in given for part in _part(block)]


def _part(block: object) -> list[Part]:
    match block:
        case body.TextBlock():
            return [Text(block.text)]
        case body.ImageBlock():
            return [Image(block.source.media_type, block.source.data)]
        case body.ToolUseBlock():
            return [ToolCall(block.id, block.name, json.dumps(block.input, ensure_ascii=False))]
        case body.ToolResultBlock():
            # A picture in a result goes beside it: other vendors' results are texts.
            inner = _parts(block.content or "")
            text = "".join(part.text for part in inner if isinstance(part, Text))
            result = ToolResult(block.tool_use_id, text, is_error=bool(block.is_error))
            return [result, *(part for part in inner if isinstance(part, Image))]
    return []


def _text(given: str | list[Any]) -> str:
    return "".join(part.text for part in _parts(given) if isinstance(part, Text))


def _effort(asked: body.MessagesBody) -> Effort | None:
    if asked.output_config and asked.output_config.effort:
        return effort(asked.output_config.effort)
    if asked.thinking is None or asked.thinking.type in ("adaptive", "between_tools"):
        return None
    if asked.thinking.type == "disabled":
        return "none"
    budget = asked.thinking.budget_tokens or LITTLE
    return "low" if budget <= LITTLE else "medium" if budget <= MUCH else "high"


def _shows_thoughts(asked: body.MessagesBody) -> bool:
    return asked.thinking is not None and asked.thinking.type != "disabled"


def _choice(given: body.ToolChoice | None) -> ToolChoice:
    if given is None:
        return ToolChoice()
    parallel = not given.disable_parallel_tool_use
    if given.type == "tool":
        if not given.name:
            raise BadBody("tool_choice.name is required.", param="tool_choice.name")
        return ToolChoice("named", given.name, parallel)
    return ToolChoice("required" if given.type == "any" else given.type, parallel=parallel)


class MessagesWriter:
    """One answer as a message, or as the events that build it up. Thoughts are shown to who asked for them."""

    def __init__(self, asked: body.MessagesBody, run: Run) -> None:
        self._shows_thoughts = _shows_thoughts(asked)
        self._index = -1
        self._open = ""
        self._calling = Calling()
        self._message: Json = {
            "id": f"msg_{run.pk.hex}",
            "type": "message",
            "role": "assistant",
            "model": asked.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 0, "output_tokens": 0},
        }

    def whole(self, run: Run) -> Json:
        blocks: list[Json] = []
        if run.reasoning and self._shows_thoughts:
            blocks.append({"type": "thinking", "thinking": run.reasoning, "signature": ""})
        if run.output or not run.calls:
            blocks.append({"type": "text", "text": run.output, "citations": None})
        blocks += [_call(call, _arguments(call)) for call in run.calls]
        return {**self._message, "content": blocks, "stop_reason": _stop(run), "usage": usage(run)}

    def first(self) -> str:
        return _event("message_start", message=self._message)

    def piece(self, piece: Piece) -> str:
        events = ""
        if piece.reasoning and self._shows_thoughts:
            events += self._begin("thinking", {"type": "thinking", "thinking": "", "signature": ""})
            events += self._delta(type="thinking_delta", thinking=piece.reasoning)
        calls = self._calling.of(piece)
        if self._is_calling:  # what goes on with a call comes before what follows it
            events += self._called(calls)
        return events + self._said(piece.text) + self._called(calls)

    def last(self, run: Run) -> str:
        events = self._called(self._calling.rest(run))
        # A call that was cut has no end: nobody is to take it for whole.
        is_half = self._is_calling and not run.calls
        if not (run.output or run.calls or is_half):
            events += self._begin("text", {"type": "text", "text": ""})
        delta = {"stop_reason": _stop(run), "stop_sequence": None}
        ended = _event("message_delta", delta=delta, usage=usage(run)) + _event("message_stop")
        return events + ("" if is_half else self._end()) + ended

    def broken(self, error: ApiError) -> str:
        return _event("error", error=shapes.anthropic(error)["error"])

    @property
    def _is_calling(self) -> bool:
        return self._open.startswith(CALL)

    def _said(self, text: str) -> str:
        if not text:
            return ""
        begun = self._begin("text", {"type": "text", "text": ""})
        return begun + self._delta(type="text_delta", text=text)

    def _called(self, news: Iterable[ToolCallDelta]) -> str:
        """Raises Failed where a call goes on after its end was told: calls come one after the other."""
        events = ""
        for one in news:
            kind = f"{CALL}{one.index}"
            if one.name:
                events += self._begin(kind, _call({"id": one.id, "name": one.name}, {}))
            elif kind != self._open:
                raise Failed("The calls of this answer came mixed up. Please ask again.")
            if one.arguments:
                events += self._delta(type="input_json_delta", partial_json=one.arguments)
        return events

    def _begin(self, kind: str, block: Json) -> str:
        if kind == self._open:
            return ""
        ended = self._end()
        self._open = kind
        self._index += 1
        return ended + _event("content_block_start", index=self._index, content_block=block)

    def _delta(self, **delta: str) -> str:
        return _event("content_block_delta", index=self._index, delta=delta)

    def _end(self) -> str:
        return _event("content_block_stop", index=self._index) if self._open else ""


def _call(call: dict[str, str], arguments: Json) -> Json:
    return {"type": "tool_use", "id": call["id"], "name": call["name"], "input": arguments}


def _arguments(call: dict[str, str]) -> Json:
    """An object, whatever the model wrote: this wire knows no other arguments."""
    try:
        value = json.loads(call["arguments"])
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _stop(run: Run) -> str:
    return STOP.get(run.finish_reason, "end_turn")


def usage(run: Run) -> Json:
    """With the cost in the company's currency, which Anthropic's own answers do not have."""
    return {
        "input_tokens": run.input_tokens - run.cached_tokens,
        "output_tokens": run.output_tokens,
        "cache_read_input_tokens": run.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cost": run.cost / MICRO,
    }


def _event(kind: str, **parts: object) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **parts}, ensure_ascii=False)}\n\n"
