"""The addresses and wrappings under which clouds speak the same wires: Azure, Bedrock and Vertex."""

import base64
import json
import re
import struct
from dataclasses import dataclass
from urllib.parse import unquote
from zlib import crc32

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"

_azure = re.compile(r"/openai/deployments/(?P<model>[^/]+)/chat/completions")
_bedrock = re.compile(r"/model/(?P<model>[^/]+)/invoke-with-response-stream")
_vertex = re.compile(r"/projects/[^/]+/locations/[^/]+/publishers/anthropic/models/(?P<model>[^/:]+):streamRawPredict")


@dataclass(frozen=True, slots=True)
class Address:
    """Which wire is spoken, what the address already says, and whether AWS's own framing is put around it."""

    wire: str
    model: str = ""
    is_framed: bool = False


def address_of(path: str) -> Address:
    if found := _azure.fullmatch(path):
        return Address(CHAT, unquote(found["model"]))
    if found := _vertex.fullmatch(path):
        return Address(MESSAGES, unquote(found["model"]))
    if found := _bedrock.fullmatch(path):
        return Address(MESSAGES, unquote(found["model"]), is_framed=True)
    return Address(path)


def framed(events: bytes) -> bytes:
    """Server-sent events as messages of AWS's event stream."""
    data = [line[6:] for line in events.split(b"\n") if line.startswith(b"data: ")]
    return b"".join(_message(json.dumps({"bytes": base64.b64encode(one).decode()}).encode()) for one in data)


def _message(payload: bytes) -> bytes:
    headers = b"".join(
        struct.pack("!B", len(name)) + name + struct.pack("!BH", 7, len(value)) + value
        for name, value in (
            (b":event-type", b"chunk"),
            (b":content-type", b"application/json"),
            (b":message-type", b"event"),
        )
    )
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    start = prelude + struct.pack("!I", crc32(prelude))
    return start + headers + payload + struct.pack("!I", crc32(start + headers + payload))
