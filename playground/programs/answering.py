"""From a run to an HTTP answer: wait for it or stream it, and say in headers which it is and what it cost."""

from collections.abc import AsyncIterator
from datetime import UTC

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import HttpResponseBase, StreamingHttpResponse

from accounts.departments import primary_department
from accounts.models import ApiKey
from playground.lib.money import MICRO
from playground.quota.limits import remaining, tightest_of
from playground.runs.models import Run
from playground.runs.watching import watch


async def finished(run: Run) -> Run:
    """The run as it ended."""
    async for _ in watch(run):
        pass
    return await reloaded(run)


@sync_to_async
def reloaded(run: Run) -> Run:
    try:
        run.refresh_from_db()
    finally:
        connections.close_all()
    return run


def event_stream(frames: AsyncIterator[str]) -> StreamingHttpResponse:
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache, no-transform"}
    return StreamingHttpResponse(frames, content_type="text/event-stream", headers=headers)


def limit_headers(key: ApiKey) -> dict[str, str]:
    """The limit of money that stops this key first, after what has just been set aside."""
    limits = remaining(key.user, primary_department(key.user), api_key_id=key.pk)
    first = tightest_of(limits)
    if first is None:
        return {}
    return {
        "x-quota-limit": f"{first.scope}/{first.period}",
        "x-quota-remaining": amount(first.left or 0),
        "x-quota-resets": first.resets_at.astimezone(UTC).isoformat(timespec="seconds"),
    }


def name_run(response: HttpResponseBase, run: Run) -> None:
    """The run's id, and what it cost once that is known: a stream says it in its last usage."""
    response.headers["x-run-id"] = str(run.pk)
    if not run.is_live:
        response.headers["x-cost"] = amount(run.cost)
        response.headers["x-cost-currency"] = settings.COMPANY_CURRENCY
        if run.answered_by:
            response.headers["x-answered-by"] = _plain(run.answered_by)
        if run.fallback_reason:
            response.headers["x-fallback-reason"] = _plain(run.fallback_reason)


def amount(micro: int) -> str:
    """Of the company's currency, exact: "0.004200"."""
    return f"{micro // MICRO}.{micro % MICRO:06d}"


def _plain(words: str) -> str:
    """For a header, which knows no other alphabet."""
    return words.encode("ascii", "replace").decode()
