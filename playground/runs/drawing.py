"""An answer's events as HTML for htmx: closed Markdown blocks once each, the open one as plain text.

What the page shows after n characters depends on these n characters only. So somebody who comes back with the id of
the last event that she saw goes on from there, and her page is the same, byte for byte, as if she had never been away.
"""

from dataclasses import replace

from django.utils.html import escape
from django.utils.translation import gettext as _

from playground.lib.markdown import Blocks, render
from playground.runs.events import Piece, Position


class Drawing:
    """The targets are in `playground/runs/_stream.html`. `seen` is where the page is; None for one with nothing."""

    def __init__(self, seen: Position | None) -> None:
        self._blocks = Blocks()
        self._open = 0
        self._thinks = False
        self._seen = seen or Position()
        self._have = Position()
        self._starts_afresh = seen is None
        # The pieces themselves, which all onlookers share.
        self._said: list[str] = []
        self._restart_at = 0

    def draw(self, piece: Piece) -> str:
        """The message that brings the page up to `piece`; empty when it shows that already."""
        if piece.restart_at > self._restart_at:
            before = max(piece.restart_at - (piece.at.text - len(piece.text)), 0)
            earlier = Position(self._have.reasoning, piece.restart_at)
            message = self.draw(Piece(earlier, piece.text[:before], restart_at=self._restart_at))
            rest = replace(piece, text=piece.text[before:])
            return message + self._restart(piece.restart_at) + self.draw(rest)
        self._said.append(piece.text)
        text, reasoning = piece.text, piece.reasoning
        if (known := self._seen.text - self._have.text) > 0:
            self._draw_text(text[:known])
            text = text[known:]
        if (known := self._seen.reasoning - self._have.reasoning) > 0:
            self._draw_reasoning(reasoning[:known])
            reasoning = reasoning[known:]
        self._have = piece.at
        message = (self._draw_reasoning(reasoning) if reasoning else "") + (self._draw_text(text) if text else "")
        if self._starts_afresh and message:
            self._starts_afresh = False
            return _EMPTY + message
        return message

    def _restart(self, at: int) -> str:
        """Fold away what counts no more. Somebody who has seen exactly that far may not have seen the fold."""
        discarded, self._restart_at = "".join(self._said), at
        self._blocks, self._open = Blocks(), 0
        if self._seen.text > at:
            return ""
        return (
            _partial("answer-discarded", "innerHTML", draw_discarded(discarded))
            + _partial("answer-closed", "innerHTML", "")
            + _partial("answer-open", "innerHTML", "")
        )

    def _draw_text(self, text: str) -> str:
        closed = self._blocks.feed(text)
        still_open = self._blocks.open
        before, self._open = self._open, len(still_open)
        if not closed and len(still_open) == before + len(text):
            return _partial("answer-open", "beforeend", escape(text))
        rendered = "".join(render(block) for block in closed)
        return (_partial("answer-closed", "beforeend", rendered) if closed else "") + _partial(
            "answer-open", "innerHTML", escape(still_open)
        )

    def _draw_reasoning(self, reasoning: str) -> str:
        if self._thinks or not reasoning:
            return _partial("answer-thoughts", "beforeend", escape(reasoning))
        self._thinks = True
        return _partial(
            "answer-reasoning",
            "innerHTML",
            f"<details><summary>{escape(_('Thinking'))}</summary>"
            f'<div class="answer-thoughts">{escape(reasoning)}</div></details>',
        )


def _partial(css_class: str, swap: str, html: str) -> str:
    return f'<hx-partial hx-target="find .{css_class}" hx-swap="{swap}">{html}</hx-partial>'


_PARTS = ("answer-reasoning", "answer-discarded", "answer-closed", "answer-open")
_EMPTY = "".join(_partial(name, "innerHTML", "") for name in _PARTS)


def draw_discarded(text: str) -> str:
    """An answer that broke off and began anew: said, and folded away."""
    return (
        f"<details><summary>{escape(_('The connection broke off. The answer begins anew below.'))}</summary>"
        f"<div><del>{escape(text)}</del></div></details>"
    )


def draw_status(text: str) -> str:
    return _partial("answer-status", "innerHTML", escape(text))
