"""Which beginnings of a question Anthropic is told to remember: it remembers none by itself.

Remembering costs a quarter more once, reading it again within five minutes a tenth. So it pays for what is asked again:
a long standing instruction, and a dialogue that has gone on once and is likely to go on. What is shorter than the model
remembers is ignored there, at no cost.
"""

from typing import Any

# About a thousand tokens, the least that any model remembers.
SHORTEST = 4_000
# A question, its answer and the next question.
DIALOGUE = 3
MARK = {"cache_control": {"type": "ephemeral"}}


def mark_prefixes(body: dict[str, Any]) -> dict[str, Any]:
    """`body` of a Messages request, with a mark at the end of each beginning that is worth remembering."""
    system, messages = body.get("system", ""), body["messages"]
    size = len(system)
    if size >= SHORTEST:
        body["system"] = [{"type": "text", "text": system, **MARK}]
    if len(messages) >= DIALOGUE and size + sum(_size(message) for message in messages) >= SHORTEST:
        body["messages"] = [*messages[:-1], _marked(messages[-1])]
    return body


def _size(message: dict[str, Any]) -> int:
    content = message["content"]
    if isinstance(content, str):
        return len(content)
    return sum(len(str(block.get("text") or block.get("content") or "")) for block in content)


def _marked(message: dict[str, Any]) -> dict[str, Any]:
    content = message["content"]
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
    return message | {"content": [*blocks[:-1], blocks[-1] | MARK]}
