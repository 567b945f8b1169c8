"""What every script asks for."""

import faulthandler
import json
import os

# A script that hangs says where.
faulthandler.dump_traceback_later(float(os.environ.get("SECONDS", "380")), exit=True)

SITE, KEY, MODEL = os.environ["SITE"], os.environ["KEY"], os.environ["MODEL"]
QUESTION = "Three names for a blue backpack"
WEATHER = "weather in city: Lima"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DATA_URL = f"data:image/png;base64,{PIXEL}"


def is_lima(arguments: object) -> bool:
    return (json.loads(arguments) if isinstance(arguments, str) else arguments) == {"city": "Lima"}
