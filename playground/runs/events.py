"""One event stream a run: what its answer has become so far, for everybody who looks on.

The stream shows, it decides nothing: the row is the truth, and a stream that is lost is drawn from the row. An entry
is the next piece of the answer and its id is the position after it, so whoever knows how much she has can go on from
there, an entry that is sent twice is refused as "equal or smaller", and a gap is seen. The last entry has the highest
id of all: nothing can be written after the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

# Twenty entries a second for half an hour, and then some: the whole answer stays readable while it is written.
LONGEST_STREAM = 50_000
# A stream outlives the longest run, and its own end by an hour.
SECONDS_WHILE_RUNNING = int(settings.RUN_TOTAL_SECONDS) + 3600
SECONDS_AFTER_END = 3600

TEXT, REASONING, CALLS, STATE, LENGTH, STATUS, RESTART = "t", "r", "c", "s", "n", "w", "x"
# An id is a pair of numbers and a position are three: characters of calls go above those of text, of which no answer
# has so many.
CALLS_FROM = 2**32
END_ID = f"{2**63 - 1}-0"


@dataclass(frozen=True, slots=True)
class Position:
    """How much of an answer somebody has, in characters."""

    reasoning: int = 0
    text: int = 0
    calls: int = 0

    def __str__(self) -> str:
        return f"{self.reasoning + self.text + self.calls}-{self.calls * CALLS_FROM + self.text}"

    @classmethod
    def parse(cls, value: str) -> "Position":
        """What `str` wrote. Raises ValueError for anything else."""
        both, inner = (int(part) for part in value.split("-"))
        calls, text = divmod(inner, CALLS_FROM)
        if not 0 <= text + calls <= both < 2**63 - 2 or inner < 0:
            raise ValueError(value)
        return cls(both - text - calls, text, calls)


@dataclass(frozen=True, slots=True)
class Piece:
    """The next of an answer, and the position after it. With a `state` the run has ended and nothing follows.

    The text before `restart_at`, in characters, counts no more: the answer began anew there. `status` is what to show
    somebody who waits for the first word. `calls` are lines of `runs.calls`; a row has none of them, so who was given
    none takes the whole calls from the row in the end.
    """

    at: Position
    text: str = ""
    reasoning: str = ""
    state: str = ""
    restart_at: int = 0
    status: str = ""
    calls: str = ""

    def after(self, position: Position) -> "Piece | None":
        """What of it somebody at `position` does not have yet; None when something before it is missing."""
        text, reasoning = self.at.text - position.text, self.at.reasoning - position.reasoning
        if text > len(self.text) or reasoning > len(self.reasoning):
            return None
        calls = self.at.calls - position.calls
        follow = 0 < calls <= len(self.calls)
        return Piece(
            Position(
                max(self.at.reasoning, position.reasoning),
                max(self.at.text, position.text),
                self.at.calls if follow else position.calls,
            ),
            self.text[-text:] if text > 0 else "",
            self.reasoning[-reasoning:] if reasoning > 0 else "",
            self.state,
            self.restart_at,
            self.status,
            self.calls[-calls:] if follow else "",
        )


def key_of(run_id: UUID) -> str:
    return f"{settings.REDIS_KEY_PREFIX}:run:{run_id}:events"


def cancel_channel() -> str:
    return f"{settings.REDIS_KEY_PREFIX}:cancel"


def pieces_from(entries: Any) -> list[Piece]:
    """Of a stream's entries as redis-py gives them (its types allow every shape)."""
    return [_piece_from(entry_id, fields) for entry_id, fields in entries or ()]


def _piece_from(entry_id: bytes, fields: Mapping[bytes, bytes]) -> Piece:
    if state := fields.get(b"s"):
        return Piece(Position.parse(fields[b"n"].decode()), state=state.decode())
    if status := fields.get(b"w"):
        return Piece(Position(), status=status.decode())
    text, reasoning = fields.get(b"t", b"").decode(), fields.get(b"r", b"").decode()
    restart_at, calls = int(fields.get(b"x", 0)), fields.get(b"c", b"").decode()
    return Piece(Position.parse(entry_id.decode()), text, reasoning, restart_at=restart_at, calls=calls)


def status_id(number: int) -> str:
    """Of the entry that tells for the `number`th time how the wait goes: before every word."""
    return f"0-{number}"


@cache
def redis_for_commands() -> Redis:
    return Redis.from_url(
        settings.STREAM_REDIS_URL, socket_timeout=5, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1)
    )


def read(run_id: UUID) -> Piece:
    """All that the stream holds, from the first character on: what can be saved when the worker has died.

    Nothing, when the stream is gone or Redis is.
    """
    whole = Piece(Position())
    try:
        entries = redis_for_commands().xrange(key_of(run_id))
    except RedisError:
        return whole
    for piece in pieces_from(entries):
        following = piece.after(whole.at)
        if following is None or following.state:
            break
        whole = Piece(
            following.at,
            whole.text + following.text,
            whole.reasoning + following.reasoning,
            restart_at=max(whole.restart_at, following.restart_at),
            calls=whole.calls + following.calls,
        )
    return whole


def append_end(run_id: UUID, *, at: Position, state: str) -> None:
    """Close the stream of a run that no worker writes. Best effort: readers look at the row as well."""
    try:
        pipe = redis_for_commands().pipeline(transaction=False)
        pipe.xadd(key_of(run_id), {STATE: state, LENGTH: str(at)}, id=END_ID)
        pipe.expire(key_of(run_id), SECONDS_AFTER_END)
        pipe.execute(raise_on_error=False)
    except RedisError:
        return


def publish_cancel(run_id: UUID) -> None:
    """Tell all workers at once. Best effort: the run's worker finds the request in the row within two seconds."""
    try:
        redis_for_commands().publish(cancel_channel(), str(run_id))
    except RedisError:
        return
