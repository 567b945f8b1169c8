"""Traces for OpenTelemetry, where an endpoint is set; nothing is loaded and nothing happens where none is.

The provider of the spans is our own, not the process's: a library that would trace by itself, with what it carries,
finds none.
"""

import atexit
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from opentelemetry.trace import Span, SpanKind, Tracer

Attributes = Mapping[str, str | bool | int | float | list[str]]
# What a message carries so that the next process goes on with the trace.
PARENT = "traceparent"
# The id that a request's answer says.
REQUEST = "playground.request.id"


def is_on() -> bool:
    return bool(settings.OTEL_EXPORTER_OTLP_ENDPOINT)


@contextmanager
def span(name: str, *, kind: str, attributes: Attributes | None = None, parent: str = "") -> Iterator["Span | None"]:
    """Everything inside belongs to it, here and where `carried()` goes. None when nothing is traced."""
    if not is_on():
        yield None
        return
    with _tracer().start_as_current_span(
        name, context=_context(parent), kind=_kind(kind), attributes=attributes, record_exception=False
    ) as opened:
        yield opened


def record_span(
    name: str, *, kind: str, attributes: Attributes, begin: datetime, end: datetime, failure: str = ""
) -> None:
    """A span that is over, inside the one that is open now."""
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - of an optional extra

    done = _tracer().start_span(name, kind=_kind(kind), attributes=attributes, start_time=_nanoseconds(begin))
    if failure:
        done.set_status(StatusCode.ERROR, failure)
    done.end(_nanoseconds(end))


def carried() -> dict[str, str]:
    """The open span as a header; nothing when none is open."""
    if not is_on():
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    headers: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(headers)
    return headers


def _context(parent: str) -> Any:
    if not parent:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    return TraceContextTextMapPropagator().extract({PARENT: parent})


def _kind(name: str) -> "SpanKind":
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    return SpanKind[name.upper()]


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000


@cache
def _tracer() -> "Tracer":
    """Made at the first span, which a worker opens after its processes have forked."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.name": "playground", "service.version": settings.VERSION})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    atexit.register(provider.shutdown)
    return provider.get_tracer("playground", settings.VERSION)
