"""Six tools that people use on the first day, as data: a JSON file each, written through the same verbs as any tool."""

import json
from pathlib import Path
from typing import Any

from accounts.models import Department, User
from hub.tools.fields import parse_fields
from hub.tools.models import Audience, Tool
from hub.tools.versions import Content, Details, create_tool, publish
from playground.catalog.access import models_for
from playground.catalog.models import Model

FOLDER = Path(__file__).parent


def starters() -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]


def load_starters(owner: User, department: Department, *, model: Model | None = None) -> list[Tool]:
    """Publish to everyone those that `department` does not have yet, on `model` or the first that `owner` may use."""
    asked = model or models_for(owner).first()
    have = set(Tool.objects.filter(department=department).values_list("name", flat=True))
    new = [starter for starter in starters() if starter["name"] not in have]
    return [load_starter(starter, owner=owner, department=department, model=asked) for starter in new]


def load_starter(starter: dict[str, Any], *, owner: User, department: Department, model: Model | None) -> Tool:
    details = Details(**{name: starter[name] for name in ("name", "summary", "category", "icon")})
    content = Content(
        fields=parse_fields(starter["fields"]),
        template="\n".join(starter["template"]),
        system_text="\n".join(starter["system_text"]),
        model=model,
        max_output_tokens=starter["max_output_tokens"],
        output_kind=starter["output_kind"],
        schema=starter.get("schema"),
        sample_inputs=starter["sample_inputs"],
    )
    draft = create_tool(owner, details=details, content=content, department=department)
    return publish(draft, by=owner, audience=Audience.EVERYONE).tool
