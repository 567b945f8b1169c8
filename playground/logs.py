"""Log lines as JSON, one object a line: what a machine collects. A line holds ids, never a question or an answer."""

import json
import logging
import traceback
from datetime import UTC, datetime

from playground.lib.trail import now_about

# What a call to the logger may add by `extra`.
EXTRAS = ("method", "route", "status", "ms", "user", "request", "state", "cause")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **now_about(),
            **{name: vars(record)[name] for name in EXTRAS if name in vars(record)},
        }
        if record.exc_info:
            line["error"] = where_it_broke(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def where_it_broke(error: BaseException | None) -> list[str]:
    """The kinds of the errors and the lines they passed: what an error says of itself may quote what a person wrote."""
    steps: list[str] = []
    while error is not None:
        steps.append(type(error).__qualname__)
        steps += [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or error.__context__
    return steps
