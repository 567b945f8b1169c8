"""The function calls of one answer while they come in pieces, and those pieces as lines of its event stream.

A line is JSON: [number, id, name] begins a call, [number, arguments] goes on with it, and [] says that all calls before
count no more, since the answer begins anew.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from playground.gateway.types import ToolCall, ToolCallDelta
from playground.lib.texts import storable

FORGOTTEN = "[]\n"


@dataclass
class _Call:
    number: int
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class Calls:
    """Numbered in the order in which they begin, whatever the provider counts by."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}
        # In characters: what they cost when the provider does not say.
        self.size = 0

    def take(self, delta: ToolCallDelta) -> str:
        """The lines that tell of it. Nothing of a call is told before its name; who has no id by then is given one."""
        call = self._calls.setdefault(delta.index, _Call(len(self._calls)))
        is_told = bool(call.name)
        call.id = call.id or storable(delta.id)
        call.name = call.name or storable(delta.name)
        news = storable(delta.arguments)
        if news:
            call.arguments.append(news)
        self.size += len(delta.name) + len(delta.arguments)
        if not call.name:
            return ""
        if is_told:
            return _line(call.number, news) if news else ""
        call.id = call.id or f"call_{call.number}"
        said = "".join(call.arguments)
        return _line(call.number, call.id, call.name) + (_line(call.number, said) if said else "")

    def whole(self) -> list[ToolCall]:
        """In the order of the answer. Each has an id: results are matched by it."""
        return [
            ToolCall(call.id or f"call_{call.number}", call.name, "".join(call.arguments) or "{}")
            for call in self._calls.values()
        ]


def _line(*parts: object) -> str:
    return json.dumps(parts, ensure_ascii=False) + "\n"


def told(lines: str) -> Iterator[ToolCallDelta | None]:
    """What these lines tell, what follows each other of one call as one; None where all before it is forgotten."""
    waiting: ToolCallDelta | None = None
    for line in lines.split("\n")[:-1]:
        news = _read(line)
        if waiting and news and news.index == waiting.index and not news.name:
            waiting = replace(waiting, arguments=waiting.arguments + news.arguments)
            continue
        if waiting:
            yield waiting
        if news is None:
            yield None
        waiting = news
    if waiting:
        yield waiting


def _read(line: str) -> ToolCallDelta | None:
    match json.loads(line):
        case [number, arguments]:
            return ToolCallDelta(number, arguments=arguments)
        case [number, call_id, name]:
            return ToolCallDelta(number, call_id, name)
    return None


def size_of(lines: str) -> int:
    """As Calls.size, of those that count."""
    size = 0
    for news in told(lines):
        size = size + len(news.name) + len(news.arguments) if news else 0
    return size
