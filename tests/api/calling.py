"""A function in each vendor's words, and a question that calls it."""

from typing import Any

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CHAT_TOOL: Any = {"type": "function", "function": {"name": "weather", "description": "Weather", "parameters": SCHEMA}}
RESPONSES_TOOL: Any = {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}
MESSAGES_TOOL: Any = {"name": "weather", "description": "Weather", "input_schema": SCHEMA}
ASK: Any = {"role": "user", "content": "weather in city: Lima"}
