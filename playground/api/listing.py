"""Models as programs see them: one list that the clients of both vendors can read."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel

from playground.catalog.models import Model, ModelKind


class ModelRow(BaseModel):
    """`id` is what a question's `model` says."""

    id: str
    object: Literal["model"] = "model"
    type: Literal["model"] = "model"
    created: int
    created_at: str
    owned_by: str = "playground"
    display_name: str
    description: str
    kind: Literal["chat", "embedding"]
    context_tokens: int
    max_output_tokens: int
    reads_images: bool
    calls_functions: bool


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelRow]
    has_more: Literal[False] = False
    first_id: str | None
    last_id: str | None


def model_list(models: Iterable[Model]) -> dict[str, object]:
    rows = [_row(model) for model in models]
    first, last = (rows[0].id, rows[-1].id) if rows else (None, None)
    return ModelList(data=rows, first_id=first, last_id=last).model_dump()


def model_row(model: Model) -> dict[str, object]:
    return _row(model).model_dump()


def _row(model: Model) -> ModelRow:
    return ModelRow(
        id=model.slug,
        created=int(model.created_at.timestamp()),
        created_at=model.created_at.isoformat(),
        display_name=model.name,
        description=model.description,
        kind="embedding" if model.kind == ModelKind.EMBEDDING else "chat",
        context_tokens=model.context_tokens,
        max_output_tokens=model.max_output_tokens,
        reads_images=model.reads_images,
        calls_functions=model.calls_functions,
    )
