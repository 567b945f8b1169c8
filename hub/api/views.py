"""The hub for programs: /v1/tools."""

import json
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.db import connections
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import KeyScope
from hub.api import shown
from hub.api.schemas import read_inputs
from hub.tools.access import live_version, tool_for, tool_runs_for, tools_for
from hub.tools.fields import parse_fields
from hub.tools.models import ToolRun
from hub.tools.running import run_tool
from playground.programs import shapes
from playground.programs.answering import event_stream, finished, limit_headers, name_run, reloaded
from playground.programs.auth import key_for
from playground.programs.body import read_body
from playground.programs.endpoint import endpoint
from playground.programs.errors import from_exception
from playground.programs.rates import count_request
from playground.programs.turns import in_turn
from playground.runs.watching import watch

GROUP = "Tools"


@endpoint(method="GET", group=GROUP, summary="The tools that this key's owner may use", gives=shown.ToolList)
async def tools(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse(await in_turn(_tools, request))


def _tools(request: HttpRequest) -> dict[str, Any]:
    mine = tools_for(key_for(request).user).select_related("department")
    return {"object": "list", "data": [shown.tool_row(tool) for tool in mine]}


@endpoint(method="GET", group=GROUP, summary="A tool with its inputs and outputs", gives=shown.ToolDescription)
async def tool(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The schemas are JSON Schemas, made of the tool's own form and answer."""
    return JsonResponse(await in_turn(_tool, request, slug))


def _tool(request: HttpRequest, slug: str) -> dict[str, Any]:
    found = tool_for(key_for(request).user, slug)
    return shown.tool_description(found, live_version(found))


@endpoint(
    group=GROUP,
    summary="Use a tool",
    body=shown.ToolRunBody,
    gives=shown.ToolResult,
    status=HTTPStatus.CREATED,
    streams=True,
)
async def create_run(request: HttpRequest, slug: str) -> HttpResponseBase:
    """With `mode` “wait” the answer is the result, with “stream” its events, with “poll” the run as it was queued."""
    asked, tool_run, headers = await in_turn(_start, request, slug)
    if asked.mode == "stream":
        response: HttpResponseBase = event_stream(_frames(tool_run))
    else:
        if asked.mode == "wait":
            tool_run.run = await finished(tool_run.run)
        is_over = not tool_run.run.is_live
        response = JsonResponse(
            shown.tool_result(tool_run), status=HTTPStatus.CREATED if is_over else HTTPStatus.ACCEPTED
        )
        response.headers["Location"] = reverse("hub_api:run", args=[slug, tool_run.pk])
    for name, value in headers.items():
        response.headers[name] = value
    name_run(response, tool_run.run)
    return response


def _start(request: HttpRequest, slug: str) -> tuple[shown.ToolRunBody, ToolRun, Mapping[str, str]]:
    key = key_for(request, KeyScope.TOOLS)
    rate = count_request(key)
    version = live_version(tool_for(key.user, slug))
    asked = read_body(request, shown.ToolRunBody)
    inputs = read_inputs(parse_fields(version.fields), asked.inputs)
    once = request.headers.get("Idempotency-Key", "")[:100] or uuid4().hex
    made = run_tool(version, user=key.user, inputs=inputs, form_id=f"key {key.pk}: {once}", api_key_id=key.pk)
    # With all that the answer says of it: the event loop may ask the database nothing.
    tool_run = tool_runs_for(key.user).get(pk=made.pk)
    headers = rate.headers | limit_headers(key)
    connections.close_all()
    return asked, tool_run, headers


async def _frames(tool_run: ToolRun) -> AsyncIterator[str]:
    """“run” first, then “delta” for each piece of text, and “result” with all of it last.

    “restart” where the tool lets an answer that broke off begin anew: what came before counts no more. “error” instead
    of “result” when the result cannot be told.
    """
    try:
        yield _event("run", {"id": str(tool_run.pk), "run_id": str(tool_run.run_id)})
        async for event in _told(tool_run):
            yield event
        tool_run.run = await reloaded(tool_run.run)
        yield _event("result", shown.tool_result(tool_run))
    except Exception as error:  # the head has been sent: only the stream itself can say it
        yield _event("error", shapes.openai(from_exception(error)))


async def _told(tool_run: ToolRun) -> AsyncIterator[str]:
    restart_at = 0
    async for piece in watch(tool_run.run):
        text = piece.text
        if piece.restart_at > restart_at:
            restart_at = piece.restart_at
            text = text[max(restart_at - (piece.at.text - len(text)), 0) :]
            yield _event("restart", {})
        if text:
            yield _event("delta", {"text": text})
        elif not piece.state:
            yield f": {piece.status}\n\n"


def _event(name: str, value: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"


@endpoint(method="GET", group=GROUP, summary="A run of a tool, as far as it is", gives=shown.ToolResult)
async def run(request: HttpRequest, slug: str, pk: UUID) -> HttpResponseBase:
    """Its `status` says whether it has ended. Only the key's owner's own."""
    tool_run = await in_turn(_run, request, slug, pk)
    response = JsonResponse(shown.tool_result(tool_run))
    name_run(response, tool_run.run)
    return response


def _run(request: HttpRequest, slug: str, pk: UUID) -> ToolRun:
    return get_object_or_404(tool_runs_for(key_for(request).user), pk=pk, version__tool__slug=slug)
