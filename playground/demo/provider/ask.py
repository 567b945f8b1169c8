"""What is asked, read from any of the three wires."""

import re
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r"\s*(?:[぀-ヿ㐀-鿿々ー]{1,2}|[^\W_]{1,7}|[^\w\s]|_)|\s+")


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


class Malformed(Exception):
    """The request is not one of this wire."""


def read(body: dict[str, Any]) -> Ask:
    """From the body of a chat completion, a response or a message: they differ in names only."""
    if not isinstance(body.get("model"), str):
        raise Malformed("model is missing")
    given = body.get("messages", body.get("input"))
    turns = [{"role": "user", "content": given}] if isinstance(given, str) else given
    if not isinstance(turns, list) or not turns:
        raise Malformed("messages are missing")
    texts = [_text(turn.get("content")) for turn in turns]
    system = _text(body.get("system") or body.get("instructions"))
    asked = [text for turn, text in zip(turns, texts, strict=True) if turn.get("role") == "user"]
    before = len(tokens(system)) + sum(len(tokens(text)) for text in texts[:-1])
    stop = body.get("stop") or body.get("stop_sequences") or ()
    return Ask(
        model=body["model"],
        prompt=asked[-1] if asked else texts[-1],
        everything="\n".join([system, *texts]),
        input_tokens=before + len(tokens(texts[-1])) + 4 * len(texts),
        cached_tokens=before // 64 * 64,
        max_tokens=_limit(body),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        schema=_schema(body),
        stream=bool(body.get("stream")),
        include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
    )


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
