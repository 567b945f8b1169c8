"""The wire format of server-sent events."""

import re

_line_end = re.compile("\r\n|\r|\n")

# A comment: keeps proxies from closing a quiet stream, and shows us that the browser has gone.
HEARTBEAT = b": \n\n"


def frame(data: str, *, event: str = "", event_id: str = "") -> bytes:
    """One event. Every kind of line end in `data` arrives as a line feed."""
    head = (f"event: {event}\n" if event else "") + (f"id: {event_id}\n" if event_id else "")
    body = _line_end.sub("\ndata: ", data) if "\n" in data or "\r" in data else data
    return f"{head}data: {body}\n\n".encode()
