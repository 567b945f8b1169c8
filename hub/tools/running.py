"""Using a tool: the stored version's texts with a person's inputs, asked like any other question."""

import hashlib
import json

from django.db import transaction

from accounts.models import User
from hub.tools.errors import ModelNotYours
from hub.tools.fields import Inputs
from hub.tools.models import OutputKind, ToolRun, ToolVersion
from hub.tools.rendering import render_prompt
from playground.catalog.access import model_for
from playground.catalog.models import Model
from playground.catalog.token_rates import Estimate, estimate_for
from playground.gateway.types import ChatRequest, Turn
from playground.runs.handling import Handling
from playground.runs.models import RunSource
from playground.runs.start import start_run


@transaction.atomic
def run_tool(
    version: ToolVersion, *, user: User, inputs: Inputs, form_id: str, api_key_id: int | None = None
) -> ToolRun:
    """Ask the model of `version`. The same form sent again with the same inputs is the same run.

    Everything but the inputs comes from the stored version. Raises a Refusal, and then nothing was written.
    """
    model, request = _asking(version, user=user, inputs=inputs)
    run = start_run(
        user=user,
        source=RunSource.HUB,
        model=model,
        request=request,
        tool_version=f"{version.tool.slug} v{version.number}",
        api_key_id=api_key_id,
        idempotency_key=click_key(version, inputs, form_id),
        handling=Handling(
            may_fall_back=version.may_fall_back,
            on_break=version.on_break,
            cache_seconds=version.cache_seconds,
            cache_scope=f"tool version {version.pk}",
        ),
    )
    tool_run, _is_new = ToolRun.objects.get_or_create(
        run=run, defaults={"version": version, "user": user, "inputs": inputs}
    )
    return tool_run


def estimate_tool_run(version: ToolVersion, *, user: User, inputs: Inputs) -> Estimate:
    """What running it will probably take. Raises a Refusal where it could not be run."""
    return estimate_for(*_asking(version, user=user, inputs=inputs))


def _asking(version: ToolVersion, *, user: User, inputs: Inputs) -> tuple[Model, ChatRequest]:
    """Who is asked, and what. A model that is retired has a replacement, or the tool waits for a new version."""
    model = model_for(user, version.model)
    if model is None:
        raise ModelNotYours
    rendered = render_prompt(version, inputs)
    return model, ChatRequest(
        turns=(Turn("user", rendered.prompt),),
        system=rendered.system,
        schema=version.schema if version.output_kind == OutputKind.JSON else None,
        max_output_tokens=min(version.max_output_tokens, model.max_output_tokens),
    )


def click_key(version: ToolVersion, inputs: Inputs, form_id: str) -> str:
    """One click: this form, this version, these inputs. A form kept open and filled in anew is another one."""
    said = json.dumps([version.pk, form_id, inputs], sort_keys=True)
    return f"hub:{hashlib.sha256(said.encode()).hexdigest()}"
