"""Server-sent events out of raw bytes: the SDKs' typed stream costs twenty times as much a chunk."""

from playground.gateway.errors import Broken

MAX_PENDING = 8 * 1024 * 1024
BOM = b"\xef\xbb\xbf"


class Decoder:
    """Feed it chunks as they come; it gives back the `data` of each event that is complete.

    Only `data` matters: both wires repeat the event's name inside the JSON, and ids, comments and retry times mean
    nothing to somebody who never resumes. Works on bytes, so a character split over two chunks stays whole.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._searched = 0
        self._data: list[bytes] = []
        self._at_start = True

    def feed(self, chunk: bytes) -> list[bytes]:
        pending = self._pending
        pending += chunk
        # Only the new part is searched: a line of one megabyte in one-byte chunks must not cost its square.
        end = pending.rfind(b"\n", self._searched) + 1
        if not end:
            self._searched = len(pending)
            if len(pending) > MAX_PENDING:
                raise Broken("a line without an end")
            return []
        lines = bytes(pending[:end]).split(b"\n")
        del pending[:end]
        self._searched = len(pending)
        lines.pop()
        if self._at_start:
            lines[0] = lines[0].removeprefix(BOM)
            self._at_start = False
        return self._events(lines)

    def _events(self, lines: list[bytes]) -> list[bytes]:
        events: list[bytes] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[5:].strip())
            elif self._data and line in {b"", b"\r"}:
                events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data = []
        return events
