"""What was served: the provider's own bill, to compare ours with."""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any

from playground.demo.provider.wires import Spent


@dataclass
class Counts:
    requests: int = 0
    active: int = 0
    most_active: int = 0
    finished: int = 0
    closed_by_client: int = 0
    by_path: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    requests_by_model: Counter[str] = field(default_factory=Counter)
    # Kept for a script only: a demonstration may run for months.
    by_prompt: Counter[str] = field(default_factory=Counter)
    spent_by_model: defaultdict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))
    last_path: str = ""
    last_headers: dict[str, str] = field(default_factory=dict)
    last_body: dict[str, Any] = field(default_factory=dict)

    def start(self, path: str, model: str, headers: dict[str, str], body: dict[str, Any], *, asked: str = "") -> None:
        """`asked` is the address as it was called, `path` that of the wire which is spoken there."""
        self.requests += 1
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        self.by_path[path] += 1
        self.requests_by_model[model] += 1
        self.last_path, self.last_headers, self.last_body = asked or path, headers, body

    def bill(self, model: str, spent: Spent) -> None:
        total = self.spent_by_model[model]
        total.input_tokens += spent.input_tokens
        total.output_tokens += spent.output_tokens
        total.cached_tokens += spent.cached_tokens
        total.reasoning_tokens += spent.reasoning_tokens

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"spent_by_model": {name: asdict(spent) for name, spent in self.spent_by_model.items()}}
