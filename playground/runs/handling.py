"""How a question wants to be handled, beside what it asks: a tool's policy, or a door's."""

from dataclasses import dataclass

from playground.runs.models import OnBreak


@dataclass(frozen=True, slots=True)
class Handling:
    """`is_batch` goes after all interactive work. An answer may be given again for `cache_seconds` to whoever asks the
    very same within `cache_scope`, which names everybody who may see it; 0 is never.
    """

    may_fall_back: bool = True
    on_break: str = OnBreak.KEEP
    is_batch: bool = False
    cache_seconds: int = 0
    cache_scope: str = ""


USUAL = Handling()
