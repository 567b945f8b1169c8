"""What is asked, read from any of the three wires."""

import json
import re
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r"\s*(?:[぀-ヿ㐀-鿿々ー]{1,2}|[^\W_]{1,7}|[^\w\s]|_)|\s+")


IMAGE_TOKENS = 85


def tokens(text: str) -> list[str]:
    """Pieces of about the size a real tokenizer makes; together they are the text."""
    return TOKEN.findall(text)


@dataclass(frozen=True, slots=True)
class Ask:
    model: str
    prompt: str
    everything: str
    input_tokens: int
    cached_tokens: int
    max_tokens: int
    stop: tuple[str, ...]
    schema: dict[str, Any] | None
    stream: bool
    include_usage: bool
    # The functions it may call, as (name, schema); none where the last turn is what one of them gave.
    tools: tuple[tuple[str, dict[str, Any]], ...] = ()
    results: tuple[str, ...] = ()
    images: int = 0


class Malformed(Exception):
    """The request is not one of this wire."""


def read(body: dict[str, Any]) -> Ask:
    """From the body of a chat completion, a response or a message: they differ in names only."""
    if not isinstance(body.get("model"), str):
        raise Malformed("model is missing")
    given = body.get("messages", body.get("input"))
    turns = [{"role": "user", "content": given}] if isinstance(given, str) else _messages(given)
    if not isinstance(turns, list) or not turns:
        raise Malformed("messages are missing")
    texts = [_text(turn.get("content")) for turn in turns]
    system = _text(body.get("system") or body.get("instructions"))
    results = _results(turns)
    images = sum(_images(turn.get("content")) for turn in turns)
    asked = [text for turn, text in zip(turns, texts, strict=True) if turn.get("role") == "user" and text]
    before = len(tokens(system)) + sum(len(tokens(text)) for text in texts[:-1])
    stop = body.get("stop") or body.get("stop_sequences") or ()
    return Ask(
        model=body["model"],
        prompt=asked[-1] if asked else texts[-1],
        everything="\n".join([system, *texts]),
        input_tokens=before
        + len(tokens(texts[-1]))
        + 4 * len(texts)
        + IMAGE_TOKENS * images
        + _size(body.get("tools")),
        cached_tokens=before // 64 * 64,
        max_tokens=_limit(body),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        schema=_schema(body),
        stream=bool(body.get("stream")),
        include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        tools=() if results else _tools(body),
        results=results,
        images=images,
    )


def _messages(given: object) -> object:
    """Responses' calls and results are items beside the messages; here they become turns."""
    if not isinstance(given, list):
        return given
    kinds = {"function_call": "assistant", "function_call_output": "tool"}
    return [
        {"role": kinds[item["type"]], "content": item.get("output") or "", "tool_calls": ["a call"]}
        if item.get("type") in kinds
        else item
        for item in given
    ]


def _results(turns: list[dict[str, Any]]) -> tuple[str, ...]:
    """What functions have given since the model spoke last."""
    found: list[str] = []
    for turn in turns:
        if turn.get("role") == "assistant":
            found = []
        elif turn.get("role") == "tool":
            found.append(_text(turn.get("content")))
        elif isinstance(turn.get("content"), list):
            blocks = [block for block in turn["content"] if block.get("type") == "tool_result"]
            found += [_text(block.get("content")) for block in blocks]
    return tuple(found)


def _images(content: object) -> int:
    parts = content if isinstance(content, list) else []
    return sum(part.get("type") in {"image", "image_url", "input_image"} for part in parts if isinstance(part, dict))


def _tools(body: dict[str, Any]) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Those that the choice leaves, in their order."""
    choice = body.get("tool_choice") or "auto"
    if choice in ("none", {"type": "none"}):
        return ()
    tools = [tool.get("function") or tool for tool in body.get("tools") or ()]
    named = (choice.get("function") or choice).get("name") if isinstance(choice, dict) else None
    return tuple(
        (tool["name"], tool.get("parameters") or tool.get("input_schema") or {})
        for tool in tools
        if named in {None, tool["name"]}
    )


def _size(tools: object) -> int:
    return len(tokens(json.dumps(tools))) if tools else 0


def _text(content: object) -> str:
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _limit(body: dict[str, Any]) -> int:
    for name in ("max_completion_tokens", "max_output_tokens", "max_tokens"):
        limit = body.get(name)
        if isinstance(limit, int):
            return max(1, limit)
    return 4096


def _schema(body: dict[str, Any]) -> dict[str, Any] | None:
    chat = (body.get("response_format") or {}).get("json_schema") or {}
    responses = (body.get("text") or {}).get("format") or {}
    messages = (body.get("output_config") or {}).get("format") or {}
    return chat.get("schema") or responses.get("schema") or messages.get("schema")
