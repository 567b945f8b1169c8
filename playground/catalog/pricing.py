"""What a run may cost at most, and what it did cost: integer micro-units, rounded up."""

from playground.catalog.models import Model
from playground.gateway.types import ChatRequest, Usage


def input_bound(request: ChatRequest) -> int:
    """The most tokens the provider can count for `request`: UTF-8 bytes plus a constant per turn (L2)."""
    raise NotImplementedError


def prices_for(model: Model) -> dict[str, dict[str, int]]:
    """The prices in force now, by deployment key: {"7": {"id": 3, "input": …, "output": …, "cached_input": …}}."""
    raise NotImplementedError


def worst_cost(prices: dict[str, dict[str, int]], *, input_tokens: int, output_tokens: int) -> int:
    """The dearest that any of the deployments could charge."""
    raise NotImplementedError


def cost(price: dict[str, int], usage: Usage) -> int:
    """What `usage` costs at one deployment's price."""
    raise NotImplementedError
