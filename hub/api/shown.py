"""Tools and their runs as programs read them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from hub.api.schemas import input_schema, output_schema
from hub.tools.fields import parse_fields
from hub.tools.models import Tool, ToolRun, ToolVersion
from hub.tools.output import check_output
from playground.lib.money import MICRO
from playground.programs.body import Body
from playground.runs.models import RunState


class ToolRow(BaseModel):
    """`slug` is its address."""

    object: Literal["tool"] = "tool"
    slug: str
    name: str
    summary: str
    category: str
    department: str


class ToolList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ToolRow]


class ToolDescription(ToolRow):
    """A tool as it is published now: what it asks for and what it gives, as JSON Schemas."""

    version: int
    model: str | None
    output_kind: Literal["text", "markdown", "json"]
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    sample_inputs: dict[str, Any]


class ToolRunBody(Body):
    """A tool filled in."""

    inputs: Annotated[dict[str, Any], Field(description="What the tool's input_schema asks for.")]
    mode: Annotated[
        Literal["wait", "stream", "poll"],
        Field(description="Wait for the result, stream it as events, or get an id at once and ask for it later."),
    ] = "wait"


class RunUsage(BaseModel):
    input_tokens: int
    output_tokens: int
    cost: float
    is_estimated: bool


class RunError(BaseModel):
    code: str
    message: str


class ToolResult(BaseModel):
    """A tool's run. `output` is the text; `data` is the value of a tool that answers in JSON."""

    object: Literal["tool.run"] = "tool.run"
    id: UUID
    run_id: UUID
    tool: str
    version: int
    status: Literal["queued", "running", "done", "failed", "interrupted", "cancelled"]
    inputs: dict[str, Any]
    output: str
    data: Any = None
    problems: list[str]
    error: RunError | None
    model: str
    usage: RunUsage
    created_at: datetime
    finished_at: datetime | None


def tool_row(tool: Tool) -> dict[str, Any]:
    return ToolRow(**_about(tool)).model_dump()


def _about(tool: Tool) -> dict[str, Any]:
    return {
        "slug": tool.slug,
        "name": tool.name,
        "summary": tool.summary,
        "category": tool.category,
        "department": str(tool.department),
    }


def tool_description(tool: Tool, version: ToolVersion) -> dict[str, Any]:
    described = {
        **_about(tool),
        "version": version.number,
        "model": version.model.slug if version.model else None,
        "output_kind": version.output_kind,
        "input_schema": input_schema(parse_fields(version.fields)),
        "output_schema": output_schema(version),
        "sample_inputs": dict(version.sample_inputs),
    }
    return ToolDescription.model_validate(described).model_dump()


def tool_result(tool_run: ToolRun) -> dict[str, Any]:
    run, version = tool_run.run, tool_run.version
    is_whole = run.state == RunState.DONE
    checked = check_output(version.output_kind, version.schema, run.output) if is_whole else None
    result = {
        "id": tool_run.pk,
        "run_id": run.pk,
        "tool": version.tool.slug,
        "version": version.number,
        "status": run.state,
        "inputs": dict(tool_run.inputs),
        "output": run.output,
        "data": checked.value if checked else None,
        "problems": list(checked.problems) if checked else [],
        "error": {"code": run.error_code, "message": run.error_message} if run.error_code else None,
        "model": run.model_name,
        "usage": {
            "input_tokens": run.input_tokens,
            "output_tokens": run.output_tokens,
            "cost": run.cost / MICRO,
            "is_estimated": run.cost_is_estimated,
        },
        "created_at": tool_run.created_at,
        "finished_at": run.finished_at,
    }
    return ToolResult.model_validate(result).model_dump(mode="json")
