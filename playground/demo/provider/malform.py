"""The ways in which streams are not what the protocol says. Each turns the frames of a good answer into a bad one."""

import json
from collections.abc import Callable

Frames = list[bytes]
PAD = "x" * 1_000_000


def _insert(frame: bytes) -> Callable[[Frames], Frames]:
    return lambda frames: [*frames[:3], frame, *frames[3:]]


def _data(value: object) -> Callable[[Frames], Frames]:
    return _insert(f"data: {json.dumps(value)}\n\n".encode())


MALFORMS: dict[str, Callable[[Frames], Frames]] = {
    # Allowed by the protocol: the text has to come through whole.
    "comments": lambda frames: [b": keep-alive\n\n" + frame for frame in frames],
    "crlf": lambda frames: [frame.replace(b"\n", b"\r\n") for frame in frames],
    "bom": lambda frames: [b"\xef\xbb\xbf" + frames[1], *frames[2:]],  # before text, whose loss would show
    "duplicate_id": lambda frames: [b"id: 7\nretry: 10\n" + frame for frame in frames],
    "one_byte": lambda frames: [bytes([byte]) for frame in frames for byte in frame],
    "glued": lambda frames: [b"".join(frames)],
    "multi_line": lambda frames: [frame.replace(b'"index":', b'\ndata: "index":', 1) for frame in frames],
    "unknown_event": _insert(b'event: telemetry\ndata: {"type":"telemetry","value":1}\n\n'),
    "long_line": _data({"type": "telemetry", "choices": [], "pad": PAD}),
    "empty_choices": _data({"type": "telemetry", "choices": []}),
    "wrong_types": _data({"type": 7, "choices": "none", "delta": [1], "usage": [2], "message": None}),
    "null_content": _data({"type": "content_block_delta", "choices": [{"delta": {"content": None}}], "delta": None}),
    "no_end_line": lambda frames: [*frames[:-1], frames[-1].rstrip(b"\n") + b"\n"],
    # Not allowed: the answer has to end as broken.
    "bad_json": _insert(b'data: {"choices": [{"del\n\n'),
    "bad_utf8": _insert(b'data: {"type":"x","choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n'),
    "not_object": _data([1, 2, 3]),
    "null": _insert(b"data: null\n\n"),
    "deep": _insert(b"data: " + b"[" * 100_000 + b"\n\n"),
    "endless_line": lambda frames: [*frames[:3], b"data: " + b"x" * 9_000_000],
    "no_finish": lambda frames: [*frames[:-3], b"data: [DONE]\n\n"],
}
