"""A valid instance of a JSON Schema, filled with the words of the prompt."""

import math
import re
from collections.abc import Callable
from typing import Any
from zlib import crc32

DEEP = 6
FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T09:00:00Z",
    "time": "09:00:00Z",
    "email": "demo@example.com",
    "uri": "https://example.com/demo",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
    "hostname": "example.com",
}
Schema = dict[str, Any]


def fill(schema: Schema, prompt: str) -> Any:
    return _Filler(schema, prompt).value(schema, "", 0)


class _Filler:
    def __init__(self, root: Schema, prompt: str) -> None:
        self.root = root
        self.prompt = prompt
        self.words = re.findall(r"[぀-ヿ㐀-鿿々ー]{2,10}|[^\W_][\w'-]+", prompt) or ["demo"]

    def value(self, given: Any, name: str, depth: int) -> Any:
        schema = self._resolved(given if isinstance(given, dict) else {}, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"], name)
        kind = schema.get("type") or (
            "object" if "properties" in schema else "array" if "items" in schema else "string"
        )
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        make: dict[str, Callable[[], Any]] = {
            "object": lambda: self._object(schema, depth),
            "array": lambda: self._array(schema, name, depth),
            "integer": lambda: self._number(schema, name, whole=True),
            "number": lambda: self._number(schema, name, whole=False),
            "boolean": lambda: bool(self._seed(name) & 1),
            "null": lambda: None,
        }
        return make.get(kind, lambda: self._string(schema, name))()

    def _resolved(self, schema: Schema, depth: int) -> Schema:
        """Without references and alternatives: the first alternative that is not null, all parts of an allOf."""
        for _ in range(32):
            if "$ref" in schema:
                target: Any = self.root
                for key in schema["$ref"].removeprefix("#").strip("/").split("/"):
                    target = target[key.replace("~1", "/").replace("~0", "~")] if key else target
                schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
            elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
                rest = {key: value for key, value in schema.items() if key not in {"anyOf", "oneOf"}}
                filled = [one for one in alternatives if one.get("type") != "null"] or alternatives
                ends = [one for one in alternatives if "$ref" not in one] or alternatives
                schema = {**rest, **(ends if depth > DEEP else filled)[0]}
            elif parts := schema.get("allOf"):
                rest = {key: value for key, value in schema.items() if key != "allOf"}
                schema = _merged([rest, *(self._resolved(part, depth) for part in parts)])
            else:
                break
        return schema

    def _object(self, schema: Schema, depth: int) -> Any:
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        names = [name for name in properties if depth <= DEEP or name in required]
        names += [name for name in required if name not in properties]
        return {name: self.value(properties.get(name, {}), name, depth + 1) for name in names}

    def _array(self, schema: Schema, name: str, depth: int) -> Any:
        least = schema.get("minItems", 0)
        amount = least if depth > DEEP else max(least, min(2 + self._seed(name) % 2, schema.get("maxItems", 3)))
        items = [self.value(schema.get("items", {}), f"{name} {index}", depth + 1) for index in range(amount)]
        if schema.get("uniqueItems"):
            items = [item for index, item in enumerate(items) if item not in items[:index]]
        return items

    def _number(self, schema: Schema, name: str, *, whole: bool) -> Any:
        step = schema.get("multipleOf", 1 if whole else 0.5)
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 100 * step))
        first = math.ceil(low / step) + ("exclusiveMinimum" in schema and math.ceil(low / step) * step == low)
        last = math.floor(high / step) - ("exclusiveMaximum" in schema and math.floor(high / step) * step == high)
        said = self._said(name)
        if said and re.fullmatch(r"-?\d+(\.\d+)?", said) and first <= float(said) / step <= last:
            return int(float(said)) if whole else float(said)
        chosen = (first + self._seed(name) % max(last - first + 1, 1)) * step
        return int(chosen) if whole else float(chosen)

    def _string(self, schema: Schema, name: str) -> str:
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        text = self._said(name) or self._phrase(name, 3)
        if "pattern" in schema and not re.search(schema["pattern"], text):
            candidates = [
                *self.words,
                "demo",
                "DEMO",
                "demo-1",
                "A1",
                "AB",
                "123",
                "12345",
                "2026-01-31",
                "#336699",
                "en",
            ]
            text = next((word for word in candidates if re.search(schema["pattern"], word)), text)
        least, most = schema.get("minLength", 0), schema.get("maxLength", 400)
        while len(text) < least:
            text += f" {self._phrase(name + text, 3)}"
        return text[:most].rstrip() if len(text[:most].rstrip()) >= least else text[:most]

    def _said(self, name: str) -> str:
        """What the prompt gives for this field as "name: value", on a line of its own or before a comma."""
        label = re.sub(r"[_\s\d]+", " ", name).strip()
        if not label:
            return ""
        found = re.search(rf"(?im)\b{re.escape(label)}\s*[:=：]\s*([^\n,;]+)", self.prompt)
        return found[1].strip() if found else ""

    def _choice(self, options: list[Any], name: str) -> Any:
        said = [one for one in options if isinstance(one, str) and one and one.lower() in self.prompt.lower()]
        return said[0] if said else options[self._seed(name) % len(options)]

    def _phrase(self, name: str, amount: int) -> str:
        start = self._seed(name) % len(self.words)
        return " ".join((self.words + self.words)[start : start + amount])

    def _seed(self, name: str) -> int:
        return crc32(f"{name}|{self.prompt}".encode(errors="replace"))


def _merged(parts: list[Schema]) -> Schema:
    merged: Schema = {}
    for part in parts:
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", []), *part.get("required", [])]
        merged |= part
        merged |= {"properties": properties} if properties else {}
        merged |= {"required": required} if required else {}
    return merged
