"""What a log line is about: the request, the run, the person. Ids only, so that a line can be followed, not read."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# A coroutine that a thread hands to an event loop takes the thread's context with it.
_about: ContextVar[dict[str, str] | None] = ContextVar("about", default=None)


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """What is logged inside is about these, beside what it was about already."""
    token = _about.set({**now_about(), **ids})
    try:
        yield
    finally:
        _about.reset(token)


def now_about() -> dict[str, str]:
    return _about.get() or {}
