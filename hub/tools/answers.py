"""A tool run's answer as its page shows it and as its file holds it."""

import json
from dataclasses import dataclass

from hub.tools.models import OutputKind, ToolRun
from hub.tools.output import Checked, check_output
from hub.tools.shown import Pair, Table, shown
from playground.runs.models import RunState

# Of a file: its ending's content type.
FILES = {"md": "text/markdown", "txt": "text/plain", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`files` are the endings it can be downloaded as."""

    checked: Checked
    is_formatted: bool
    table: Table | None
    pairs: tuple[Pair, ...]
    files: tuple[str, ...]


def answer_of(tool_run: ToolRun) -> Answer | None:
    """The answer with its check; None while it is being written, or where there is none."""
    run, version = tool_run.run, tool_run.version
    if run.is_live or not run.output:
        return None
    # What was stopped or broken off is shown as far as it goes; there is no use in checking half of it.
    is_whole = run.state == RunState.DONE
    checked = check_output(version.output_kind, version.schema, run.output) if is_whole else Checked(run.output)
    view = shown(checked.value)
    return Answer(
        checked=checked,
        is_formatted=version.output_kind == OutputKind.MARKDOWN,
        table=view if isinstance(view, Table) else None,
        pairs=view if isinstance(view, tuple) else (),
        files=("json", "txt") if checked.value is not None else ("md", "txt"),
    )


def file_text(answer: Answer, ending: str) -> str:
    if ending == "json":
        return json.dumps(answer.checked.value, indent=2, ensure_ascii=False) + "\n"
    return answer.checked.text
