"""A query that the ORM writes once. Writing it costs two to four times what sending it does, each time anew.

    query = Compiled(lambda model: Price.objects.filter(deployment__model=model))
    prices = query(model.pk)

The function is called at the first use, with a stand-in for each value; what it builds may depend on nothing else.
"""

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Expression, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class _Slot(Expression):
    """Stands in a query for a value that is not known yet."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def as_sql(self, compiler: SQLCompiler, connection: Any, **_: Any) -> Any:
        return "%s", [self]


class Compiled(Generic[M]):
    def __init__(self, make: Callable[..., QuerySet[M]]) -> None:
        self._make = make

    @cached_property
    def _written(self) -> tuple[type[M], str, list[Any]]:
        query = self._make(*(_Slot(number) for number in range(len(inspect.signature(self._make).parameters))))
        statement, values = query.query.sql_with_params()
        return query.model, statement, list(values)

    def __call__(self, *values: object) -> list[M]:
        model, statement, slots = self._written
        filled = [values[slot.number] if isinstance(slot, _Slot) else slot for slot in slots]
        return list(model._default_manager.raw(statement, filled))
