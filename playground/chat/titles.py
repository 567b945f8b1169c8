"""A conversation's name, from the first words of its first question. No model is asked, so it costs nothing."""

import re
from unicodedata import east_asian_width

WIDEST = 60
# "Hi!" alone says nothing: sentences are taken until there are this many columns.
NARROWEST = 14

# A Latin full stop ends a sentence only before a space ("3.5" and "example.com" go on); a CJK one always does.
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*")
_LEADING_MARKS = re.compile(r"^(?:[#>*\-+•]+\s+|\d+[.)]\s+|`{3,}.*$)+")
_PAIRED_MARKS = re.compile(r"(?<!\w)([*_`]{1,3})(\S(?:.*?\S)?)\1(?!\w)")


def columns(text: str) -> int:
    """How wide the text is: Chinese, Japanese and Korean characters take two columns."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _fit(text: str, widest: int) -> str:
    if columns(text) <= widest:
        return text
    used, end = 0, 0
    for end, character in enumerate(text):  # noqa: B007
        used += columns(character)
        if used > widest - 1:
            break
    kept = text[:end]
    # Not in the middle of a word, unless the word is so long that nothing would be left.
    if not text[end].isspace() and (space := kept.rfind(" ")) > end // 2:
        kept = kept[:space]
    return kept.rstrip(" ,;:、，") + "…"


def _plain(line: str) -> str:
    return _PAIRED_MARKS.sub(r"\2", _LEADING_MARKS.sub("", " ".join(line.split())))


def title_for(question: str) -> str:
    """The question's first sentence, without Markdown marks, cut to `WIDEST` columns at a word."""
    first = next(filter(None, map(_plain, question.splitlines())), " ".join(question.split()))
    title = ""
    for sentence in _SENTENCE_END.split(first):
        # Only Latin sentences have a space between them.
        title += sentence if title.endswith(("。", "！", "？")) else f" {sentence}"
        if columns(title) > NARROWEST:
            break
    return _fit(title.strip().rstrip(".。"), WIDEST)
