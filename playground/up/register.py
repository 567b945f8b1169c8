"""Which children run, in a file: so that a start after a kill -9 finds what was left behind and ends it cleanly."""

import json
from collections.abc import Iterable
from pathlib import Path

from playground.up.children import Child
from playground.up.processes import command_of, end


class Register:
    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, children: Iterable[Child]) -> None:
        rows = [
            {
                "name": child.name,
                "pid": child.process.pid,
                "command": command_of(child.process.pid),
                "signal": int(child.stop_signal),
            }
            for child in sorted(children, key=lambda child: child.tier)
            if child.process and child.is_alive
        ]
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(rows, indent=1))
        draft.replace(self.path)

    def end_orphans(self) -> list[str]:
        """End what a killed supervisor left behind; the names of what was still there."""
        try:
            rows = json.loads(self.path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return []
        return [row["name"] for row in rows if row["command"] and end(row["pid"], row["command"], by=row["signal"])]
