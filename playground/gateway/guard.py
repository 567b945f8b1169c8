"""Stops reading an answer that is longer than was paid for."""

from dataclasses import replace

from playground.gateway.types import Delta, Event, ReasoningDelta, ToolCallDelta, Usage

MOST_BYTES_A_TOKEN = 16


class Guard:
    """Counts an answer, event by event.

    Tokens cannot be counted without the model's own tokenizer, so the least that the provider must have spent is
    counted: a piece of text is at least one token, and an answer averages well under sixteen bytes a token in any
    script. Whatever usage the provider itself reports on the way counts too; it is only looked at when more text
    comes, so that an answer which is already whole is never called cut.
    """

    def __init__(self, max_output_tokens: int) -> None:
        self._most = max_output_tokens
        self._pieces = 0
        self._bytes = 0
        self._usage: Usage | None = None
        self.has_cut = False

    def admits(self, event: Event) -> bool:
        """False when this is more than was paid for: then the answer ends before it."""
        if isinstance(event, Delta | ReasoningDelta | ToolCallDelta):
            text = event.arguments if isinstance(event, ToolCallDelta) else event.text
            self._pieces += 1
            self._bytes += len(text) if text.isascii() else len(text.encode(errors="replace"))
            reported = self._usage.output_tokens if self._usage else 0
            self.has_cut = max(self._pieces, reported, self._bytes // MOST_BYTES_A_TOKEN) > self._most
        elif isinstance(event, Usage):
            self._usage = event
        return not self.has_cut

    def usage(self) -> list[Usage]:
        """One that came early, completed with what is certain by now, or a cut answer would look almost free."""
        if self._usage is None:
            return []
        return [replace(self._usage, output_tokens=max(self._usage.output_tokens, self._most))]
