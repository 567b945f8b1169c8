"""The function calls of one answer while they come in pieces."""

from dataclasses import dataclass, field

from playground.gateway.types import ToolCall, ToolCallDelta
from playground.lib.texts import storable


@dataclass
class _Call:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class Calls:
    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}
        # In characters: what they cost when the provider does not say.
        self.size = 0

    def take(self, delta: ToolCallDelta) -> None:
        call = self._calls.setdefault(delta.index, _Call())
        call.id = call.id or storable(delta.id)
        call.name = call.name or storable(delta.name)
        if delta.arguments:
            call.arguments.append(storable(delta.arguments))
        self.size += len(delta.name) + len(delta.arguments)

    def whole(self) -> list[ToolCall]:
        """In the order of the answer. Who was given no id gets one: results are matched by it."""
        return [
            ToolCall(call.id or f"call_{index}", call.name, "".join(call.arguments) or "{}")
            for index, call in sorted(self._calls.items())
        ]
