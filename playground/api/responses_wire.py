"""OpenAI's responses: its body into our request, our answer into its items and events. Nothing is kept for later."""

import json
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from playground.api import responses_body as body
from playground.api.functions import content, effort, joined, require_question
from playground.api.pictures import image_from
from playground.api.question import Question
from playground.api.responses_items import Items
from playground.gateway.types import ChatRequest, Function, Part, Text, ToolCall, ToolChoice, ToolResult, Turn
from playground.lib.money import MICRO
from playground.programs.body import read_body
from playground.programs.errors import ApiError, BadBody
from playground.runs.events import Piece
from playground.runs.models import Run

Json = dict[str, Any]
INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter", "refusal": "content_filter"}


def read(request: HttpRequest) -> Question:
    """Raises BadBody, which names the parameter."""
    asked = read_body(request, body.ResponsesBody)
    items = [body.Message(role="user", content=asked.input)] if isinstance(asked.input, str) else asked.input
    turns = joined(_merged(turn for item in items if (turn := _turn(item))))
    require_question(turns, "input")
    systems = [item for item in items if isinstance(item, body.Message) and item.role in ("system", "developer")]
    return Question(
        model=asked.model,
        stream=bool(asked.stream),
        writer=partial(ResponsesWriter, asked),
        request=ChatRequest(
            turns=turns,
            system="\n\n".join(text for text in (asked.instructions or "", *map(_text, systems)) if text),
            max_output_tokens=asked.max_output_tokens or settings.DEFAULT_MAX_OUTPUT_TOKENS,
            temperature=asked.temperature,
            top_p=asked.top_p,
            effort=effort(asked.reasoning.effort if asked.reasoning else None),
            schema=_schema(asked.text.format if asked.text else None),
            tools=tuple(
                Function(tool.name, tool.description or "", tool.parameters or {}, strict=bool(tool.strict))
                for tool in asked.tools or ()
            ),
            tool_choice=_choice(asked),
        ),
    )


def _turn(item: object) -> Turn | None:
    match item:
        case body.Message(role="user"):
            return Turn("user", content(_parts(item.content)))
        case body.Message(role="assistant"):
            return Turn("assistant", content(_parts(item.content)))
        case body.FunctionCall():
            return Turn("assistant", (ToolCall(item.call_id, item.name, item.arguments),))
        case body.FunctionCallOutput():
            text = "".join(part.text for part in _parts(item.output) if isinstance(part, Text))
            return Turn("user", (ToolResult(item.call_id, text),))
    return None


def _merged(turns: Any) -> list[Turn]:
    """What the assistant said and the calls after it are one turn, as on the other wires."""
    made: list[Turn] = []
    for turn in turns:
        if made and turn.role == "assistant" == made[-1].role:
            made[-1] = Turn("assistant", content([*made[-1].parts, *turn.parts]))
        else:
            made.append(turn)
    return made


def _parts(given: str | list[Any]) -> list[Part]:
    if isinstance(given, str):
        return [Text(given)]
    return [_part(part) for part in given]


def _part(part: body.InputText | body.InputImage | body.Refused) -> Part:
    if isinstance(part, body.InputImage):
        return image_from(part.image_url)
    return Text(part.text if isinstance(part, body.InputText) else part.refusal)


def _text(message: body.Message) -> str:
    return "".join(part.text for part in _parts(message.content) if isinstance(part, Text))


def _schema(wanted: body.Format | None) -> Json | None:
    if wanted is None or wanted.type == "text":
        return None
    if wanted.type == "json_object":
        return {"type": "object"}
    if wanted.schema_ is None:
        raise BadBody("text.format.schema is required.", param="text.format.schema")
    return wanted.schema_


def _choice(asked: body.ResponsesBody) -> ToolChoice:
    parallel = asked.parallel_tool_calls is not False
    if isinstance(asked.tool_choice, body.NamedTool):
        return ToolChoice("named", asked.tool_choice.name, parallel)
    return ToolChoice(asked.tool_choice or "auto", parallel=parallel)


class ResponsesWriter:
    """One answer as a response, or as the numbered events that build it up."""

    def __init__(self, asked: body.ResponsesBody, run: Run) -> None:
        self._number = 0
        self._items = Items(run.pk.hex)
        self._response: Json = {
            "id": f"resp_{run.pk.hex}",
            "object": "response",
            "created_at": int(run.created_at.timestamp()),
            "model": asked.model,
            "status": "in_progress",
            "output": [],
            "error": None,
            "incomplete_details": None,
            "usage": None,
            # The question again, as this format wants it.
            "instructions": asked.instructions,
            "max_output_tokens": asked.max_output_tokens,
            "metadata": asked.metadata or {},
            "parallel_tool_calls": asked.parallel_tool_calls is not False,
            "previous_response_id": None,
            "reasoning": {"effort": asked.reasoning.effort if asked.reasoning else None, "summary": None},
            "store": False,
            "temperature": asked.temperature,
            "text": {"format": _dumped(asked.text.format) if asked.text and asked.text.format else {"type": "text"}},
            "tool_choice": _dumped(asked.tool_choice) if asked.tool_choice else "auto",
            "tools": [{"parameters": None, "strict": None, **_dumped(tool)} for tool in asked.tools or ()],
            "top_p": asked.top_p,
            "truncation": "disabled",
        }

    def whole(self, run: Run) -> Json:
        return self._ended(run, self._items.of(run))

    def first(self) -> str:
        begun = self._event("response.created", response=self._response)
        return begun + self._event("response.in_progress", response=self._response)

    def piece(self, piece: Piece) -> str:
        return "".join(self._event(**event) for event in self._items.piece(piece))

    def last(self, run: Run) -> str:
        events = "".join(self._event(**event) for event in self._items.end(run))
        response = self._ended(run, self._items.done)
        return events + self._event(f"response.{response['status']}", response=response)

    def broken(self, error: ApiError) -> str:
        failed = {"code": "server_error", "message": error.message}
        return self._event("response.failed", response={**self._response, "status": "failed", "error": failed})

    def _ended(self, run: Run, output: list[Json]) -> Json:
        reason = INCOMPLETE.get(run.finish_reason)
        return {
            **self._response,
            "status": "incomplete" if reason else "completed",
            "incomplete_details": {"reason": reason} if reason else None,
            "output": output,
            "usage": usage(run),
        }

    def _event(self, kind: str, **parts: object) -> str:
        message = {"type": kind, "sequence_number": self._number, **parts}
        self._number += 1
        return f"event: {kind}\ndata: {json.dumps(message, ensure_ascii=False)}\n\n"


def _dumped(given: Any) -> Any:
    return given if isinstance(given, str) else given.model_dump(by_alias=True, exclude_none=True)


def usage(run: Run) -> Json:
    """With the cost in the company's currency, which OpenAI's own answers do not have."""
    return {
        "input_tokens": run.input_tokens,
        "input_tokens_details": {"cached_tokens": run.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": run.output_tokens,
        "output_tokens_details": {"reasoning_tokens": run.reasoning_tokens},
        "total_tokens": run.input_tokens + run.output_tokens,
        "cost": run.cost / MICRO,
    }
