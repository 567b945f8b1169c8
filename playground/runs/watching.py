"""Watch a run to its end: what every door that shows an answer uses."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.db import connections

from playground.runs.events import Piece, Position
from playground.runs.models import Run
from playground.runs.reader import Onlooker, Reader

_readers: WeakKeyDictionary[asyncio.AbstractEventLoop, Reader] = WeakKeyDictionary()


async def watch(run: Run) -> AsyncGenerator[Piece]:
    """The answer from its first character on, as pieces; the last one has the state in which the run ended.

    A piece with nothing in it is a heartbeat. Ends without a state when the onlooker is cut off: she reads too slowly,
    or may no longer look. Holds no database connection while it waits.
    """
    have = Position()
    if run.is_live:
        with _reader().look_on(run.pk) as onlooker:
            async for piece in _follow(onlooker):
                have = piece.at
                yield piece
                if piece.state:
                    return
            if onlooker.is_cut:
                return
        run = await _row(run.pk)
    if rest := _all_of(run).after(have):
        yield rest


async def _follow(onlooker: Onlooker) -> AsyncGenerator[Piece]:
    """What the stream brings, without gaps. Ends when the row has to tell the rest, or the onlooker is cut."""
    have = Position()
    pieces = await _reader().catch_up(onlooker.run_id) if onlooker.is_late else []
    while not onlooker.is_cut:
        piece = _merge(pieces, have) or _merge(await _mended(onlooker.run_id), have)
        if piece is not None:
            have = piece.at
            if piece.text or piece.reasoning or piece.calls or piece.state or piece.status or not pieces:
                yield piece
            if piece.state:
                return
        if onlooker.has_ended:
            return
        pieces = await onlooker.take()


def _merge(pieces: list[Piece], have: Position) -> Piece | None:
    """The pieces as one, without what somebody at `have` has; None when something is missing between."""
    if len(pieces) == 1 and _follows(pieces[0], have):
        return pieces[0]
    at, text, reasoning, calls, state, restart_at, status = have, [], [], [], "", 0, ""
    for piece in pieces:
        news = piece.after(at)
        if news is None:
            return None
        at, state = news.at, news.state or state
        restart_at, status = max(restart_at, news.restart_at), news.status or status
        text.append(news.text)
        reasoning.append(news.reasoning)
        calls.append(news.calls)
    status = status if at == Position() else ""
    return Piece(at, "".join(text), "".join(reasoning), state, restart_at, status, "".join(calls))


def _follows(piece: Piece, have: Position) -> bool:
    """Almost always so, and then nothing has to be made anew."""
    begins = (
        piece.at.reasoning - len(piece.reasoning),
        piece.at.text - len(piece.text),
        piece.at.calls - len(piece.calls),
    )
    return begins == (have.reasoning, have.text, have.calls)


async def _mended(run_id: UUID) -> list[Piece]:
    """For a stream that has lost its beginning: the row as it was last saved, then what the stream still holds."""
    saved = _all_of(await _row(run_id))
    return [saved, *([] if saved.state else await _reader().catch_up(run_id))]


def _all_of(run: Run) -> Piece:
    text = run.discarded + run.output
    at = Position(len(run.reasoning), len(text))
    return Piece(at, text, run.reasoning, "" if run.is_live else run.state, restart_at=len(run.discarded))


def _reader() -> Reader:
    loop = asyncio.get_running_loop()
    if loop not in _readers:
        _readers[loop] = Reader()
    return _readers[loop]


@sync_to_async(thread_sensitive=False)
def _row(run_id: UUID) -> Run:
    try:
        return Run.objects.get(pk=run_id)
    finally:
        connections.close_all()
