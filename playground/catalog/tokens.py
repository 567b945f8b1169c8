"""How many tokens a text makes, without anybody's tokenizer: never more than `bound`, about `guess`.

The numbers were fitted to o200k on prose of eleven languages, code and JSON; `token_rates` learns how far a model is
from them. tests/catalog/tokens/ holds texts with what five tokenizers count, and measures both.
"""

import re

from playground.catalog.models import Script

# What a piece of each class adds to the guess.
WEIGHTS: tuple[tuple[str, float], ...] = (
    (r"[A-Za-z]+", 0.55),  # a word of plain letters, and then each of its letters
    (r"[A-Za-z]", 0.11),
    (r"(?<=[a-z]{8})[a-z]", 0.04),  # rare words are long
    (r"[\u00c0-\u024f]", 0.66),
    (r"[0-9]+", 1.2),
    (r"[0-9]", 0.4),
    (r"[!-/:-@\[-`{-~]", 0.3),
    (r"[!-/:-@\[-`{-~]+", 0.35),
    (r"\n+", 0.85),
    (r" {2,}", 0.45),
    (r"[\u3040-\u30ff]", 0.7),
    (r"[\u3400-\u9fff\uf900-\ufaff]", 0.74),
    (r"[\u3000-\u303f\uff00-\uffef]", 0.8),
    (r"[\uac00-\ud7af]", 0.7),
    (r"[\u0370-\u052f]", 0.28),
    (r"[^\x00-\u024f\u0370-\u052f\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]", 2.0),
)
_weights = [(re.compile(pattern), weight) for pattern, weight in WEIGHTS]

# Of a longer text this many characters are looked at, in pieces from all over it.
LOOKED_AT = 24_000
PIECES = 6

# Every two of these letters, and every space with a letter, are a token in all five vocabularies. So no two of them
# stand next to each other as tokens of one byte, and of three in a row at most two tokens are made.
_paired = re.compile(r" ?[abcdeilmnprstu]+| +")
# Three bytes each, of which at least two are one token everywhere; rarer kana may cost all three.
_kana = re.compile(
    "[あいうえおかがきくけげこごさしじすずせそただちっつてでとどなにねのはばひびふへべほまみむめもゃやょよらりるれろわをん"
    "ァアィイウェエォオカガキギクグケゲコゴサザシジスズセゼソタダチッツテデトドナニネノハバパヒビピフブプヘベペホボポマミムメモ"
    "ャヤュユョラリルレロワンヴ・ー]"
)

_latin = re.compile(r"[A-Za-z\u00c0-\u024f]")
_accented = re.compile(r"[\u00c0-\u024f]")
_ideographs = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_syllables = re.compile(r"[\u3040-\u30ff]")
_hangul = re.compile(r"[\uac00-\ud7af]")
_other = re.compile(r"[^\W\d_\u0041-\u024f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_marks = re.compile(r"[!-/:-@\[-`{-~]")
# A text is of one script when that many of its letters are; one character of Japanese says as much as two of English.
MOST = 0.75
MARKS_OF_CODE = 0.09
ACCENTS_OF_A_LANGUAGE = 0.008
KANA_OF_JAPANESE = 0.1


def bound(text: str) -> int:
    """The most tokens that any tokenizer makes of `text`.

    One that works on bytes never makes more tokens than bytes. Of the common letters and kana it makes fewer, because
    their pairs are in every vocabulary.
    """
    size = len(text.encode("utf-8", "surrogatepass")) - len(_kana.findall(text))
    return size - sum((len(run) + 1) // 3 for run in _paired.findall(text))


def guess(text: str) -> float:
    """About how many tokens `text` makes, before anything was learnt about the model."""
    looked_at = _sample(text)
    found = sum(weight * len(pattern.findall(looked_at)) for pattern, weight in _weights)
    return found * len(text) / len(looked_at) if looked_at else 0.0


def script_of(text: str) -> Script:
    text = _sample(text)
    latin, hangul, other = (len(pattern.findall(text)) for pattern in (_latin, _hangul, _other))
    kana, ideographs = len(_syllables.findall(text)), len(_ideographs.findall(text))
    cjk = 2 * (kana + ideographs)
    enough = MOST * (latin + cjk + 2 * hangul + other)
    if not enough or (latin > enough / 2 and len(_marks.findall(text)) > MARKS_OF_CODE * len(text)):
        return Script.CODE
    if cjk >= enough:
        return Script.JAPANESE if kana > KANA_OF_JAPANESE * (kana + ideographs) else Script.CHINESE
    if 2 * hangul >= enough:
        return Script.KOREAN
    if other >= enough:
        return Script.OTHER
    if latin >= enough:
        return Script.ACCENTED if len(_accented.findall(text)) > ACCENTS_OF_A_LANGUAGE * latin else Script.LATIN
    return Script.MIXED


def _sample(text: str) -> str:
    if len(text) <= LOOKED_AT:
        return text
    step, size = len(text) // PIECES, LOOKED_AT // PIECES
    return "".join(text[start * step : start * step + size] for start in range(PIECES))
