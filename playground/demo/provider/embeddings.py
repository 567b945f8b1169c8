"""Vectors that are the same for the same text, and nearer to each other the more words two texts share."""

import math
import struct
from base64 import b64encode
from typing import Any
from zlib import crc32

from playground.demo.provider.ask import Malformed, tokens

DIMENSIONS = 64


def embeddings(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The answer to a request, and the tokens that it used."""
    given = body.get("input")
    if not isinstance(body.get("model"), str) or not isinstance(given, str | list) or not given:
        raise Malformed("model and input are needed")
    texts = [given] if isinstance(given, str) or isinstance(given[0], int) else given
    size = body.get("dimensions") or DIMENSIONS
    pieces = [tokens(text.lower()) if isinstance(text, str) else [str(number) for number in text] for text in texts]
    used = sum(len(words) for words in pieces)
    data = [
        {"object": "embedding", "index": index, "embedding": _encoded(_vector(words, size), body)}
        for index, words in enumerate(pieces)
    ]
    usage = {"prompt_tokens": used, "total_tokens": used}
    return {"object": "list", "data": data, "model": body["model"], "usage": usage}, used


def _vector(words: list[str], size: int) -> list[float]:
    vector = [0.0] * size
    for word in words:
        seed = crc32(word.strip().encode(errors="replace"))
        vector[seed % size] += 1.0 if seed & 64 else -1.0
    length = math.sqrt(sum(number * number for number in vector)) or 1.0
    return [number / length for number in vector]


def _encoded(vector: list[float], body: dict[str, Any]) -> list[float] | str:
    if body.get("encoding_format") != "base64":
        return vector
    return b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
