"""Against what five public tokenizers count: o200k, cl100k, an older one of Anthropic and two of Mistral.

The counts are recorded beside the texts, because a tokenizer needs files that no test should fetch.
"""

import json
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.tokens import LOOKED_AT, bound, guess, script_of

FOLDER = Path(__file__).parent / "tokens"
TEXTS: list[dict[str, Any]] = json.loads((FOLDER / "texts.json").read_text())
HARD: list[dict[str, Any]] = json.loads((FOLDER / "hard_texts.json").read_text())
TOKENIZERS = ["o200k", "cl100k", "claude2", "mistral1", "tekken"]
SCRIPTS = {
    "english": "latin",
    "spanish": "accented",
    "portuguese": "accented",
    "japanese": "japanese",
    "chinese": "chinese",
    "korean": "korean",
    "russian": "other",
    "code": "code",
}


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_no_tokenizer_makes_more_tokens_than_the_bound(tokenizer: str) -> None:
    # One of SentencePiece's puts a token of its own in front of the whole: it belongs to the constants of a request.
    own = 1 if tokenizer == "mistral1" else 0
    over = [row["text"] for row in [*TEXTS, *HARD] if row["tokens"][tokenizer] > bound(row["text"]) + own]
    assert over == []


@pytest.mark.parametrize("language", ["english", "portuguese", "japanese", "mixed"])
def test_the_bound_is_well_below_the_bytes_of_ordinary_text(language: str) -> None:
    shares = [bound(row["text"]) / len(row["text"].encode()) for row in TEXTS if row["language"] == language]
    assert max(shares) < 0.9


@given(st.text())
def test_the_bound_is_never_above_the_bytes(text: str) -> None:
    assert 0 <= bound(text) <= len(text.encode("utf-8", "surrogatepass"))


def test_before_anything_is_learnt_the_guess_is_within_a_tenth_of_o200k() -> None:
    errors = [abs(guess(row["text"]) / row["tokens"]["o200k"] - 1) for row in TEXTS]
    assert median(errors) < 0.1


@pytest.mark.parametrize(("language", "script"), SCRIPTS.items())
def test_it_sees_how_a_text_is_written(language: str, script: str) -> None:
    assert {script_of(row["text"]) for row in TEXTS if row["language"] == language} == {script}


def test_a_text_in_two_scripts_is_mixed() -> None:
    assert script_of("Translate: 届くのが思ったより早くて驚きました。 Keep the tone friendly and short.") == "mixed"


@pytest.mark.parametrize("text", ["", "   \n", "12 + 34 = 46", "\ud800"])
def test_a_text_without_letters_is_data(text: str) -> None:
    assert script_of(text) == "code"


def test_of_a_long_text_the_guess_looks_at_a_part() -> None:
    text = " ".join(row["text"] for row in TEXTS if row["language"] in {"english", "spanish", "portuguese"})
    long = text * (10 * LOOKED_AT // len(text))
    assert guess(long) == pytest.approx(guess(text) * len(long) / len(text), rel=0.05)
