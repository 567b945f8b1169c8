"""Reads server-sent events as a browser does."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    event: str = ""
    id: str = ""
    data: str = ""


def messages(response: http.client.HTTPResponse) -> Iterator[Message]:
    """Until the stream ends. Comments are left out."""
    fields: dict[str, list[str]] = {}
    while line := response.readline().decode():
        name, _, value = line.rstrip("\n").partition(": ")
        if name and not line.startswith(":"):
            fields.setdefault(name, []).append(value)
        elif not name and fields:
            yield Message(**{name: "\n".join(values) for name, values in fields.items()})
            fields = {}
