"""OpenAI's embeddings: texts in, vectors out, all at once."""

import struct
from base64 import b64encode
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from pydantic import Field

from playground.api.question import Question
from playground.gateway.types import EmbeddingRequest
from playground.lib.money import MICRO
from playground.programs.body import Body, Unused, read_body
from playground.programs.errors import ApiError, BadBody, Failed
from playground.runs.events import Piece
from playground.runs.finish import BYTES_A_NUMBER
from playground.runs.models import Run, RunVectors

MOST_INPUTS = 2048
Token = Annotated[int, Field(ge=0, lt=2**31)]
Words = Annotated[str, Field(min_length=1)]
Tokens = Annotated[list[Token], Field(min_length=1)]


class EmbeddingsBody(Body):
    """Texts to be turned into vectors, in the format of OpenAI's embeddings."""

    model: Annotated[str, Field(min_length=1, description="A model of kind “embedding” of GET /v1/models.")]
    input: Annotated[
        Words
        | Annotated[list[Words], Field(min_length=1, max_length=MOST_INPUTS)]
        | Tokens
        | Annotated[list[Tokens], Field(min_length=1, max_length=MOST_INPUTS)],
        Field(description="A text, texts, or either as token numbers."),
    ]
    dimensions: Annotated[int, Field(gt=0, le=16_384)] | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: Unused = None


def read(request: HttpRequest) -> Question:
    """Raises BadBody, which names the parameter."""
    asked = read_body(request, EmbeddingsBody)
    return Question(
        model=asked.model,
        stream=False,
        request=EmbeddingRequest(_inputs(asked.input), asked.dimensions),
        writer=lambda run: EmbeddingsWriter(asked),
    )


def _inputs(given: Any) -> tuple[str | tuple[int, ...], ...]:
    if isinstance(given, str):
        return (given,)
    if isinstance(given[0], int):
        return (tuple(given),)
    return tuple(one if isinstance(one, str) else tuple(one) for one in given)


class EmbeddingsWriter:
    def __init__(self, asked: EmbeddingsBody) -> None:
        self._model = asked.model
        self._is_base64 = asked.encoding_format == "base64"

    def whole(self, run: Run) -> dict[str, Any]:
        """Raises Failed for vectors that were asked for an hour ago, and are gone."""
        kept = RunVectors.objects.filter(run=run).first()
        if kept is None:
            raise Failed("The vectors of this idempotency key are no longer kept. Ask again with a new one.")
        size, data = kept.dimensions * BYTES_A_NUMBER, bytes(kept.data)
        vectors = [data[start : start + size] for start in range(0, len(data), size)]
        rows = [
            {"object": "embedding", "index": index, "embedding": self._shown(vector, kept.dimensions)}
            for index, vector in enumerate(vectors)
        ]
        tokens = {"prompt_tokens": run.input_tokens, "total_tokens": run.input_tokens, "cost": run.cost / MICRO}
        return {"object": "list", "model": self._model, "data": rows, "usage": tokens}

    def _shown(self, vector: bytes, dimensions: int) -> str | tuple[float, ...]:
        return b64encode(vector).decode() if self._is_base64 else struct.unpack(f"<{dimensions}f", vector)

    def first(self) -> str:
        raise BadBody("Embeddings are not streamed.", param="stream")

    def piece(self, piece: Piece) -> str:
        return self.first()

    def last(self, run: Run) -> str:
        return self.first()

    def broken(self, error: ApiError) -> str:
        return self.first()
