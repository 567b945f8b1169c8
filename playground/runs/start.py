"""The web half: admit a question and queue it, or refuse it; and stop one. No provider is called here."""

from accounts.models import User
from playground.catalog.models import Model
from playground.gateway.types import ChatRequest
from playground.runs.models import Run


def start_run(
    *,
    user: User,
    source: str,
    model: Model,
    request: ChatRequest,
    tool_version: str = "",
    api_key_id: int | None = None,
    idempotency_key: str = "",
) -> Run:
    """Admit the request and queue it; the answer comes as events of the run.

    One transaction: the worst cost is reserved, the Run is written; the worker is woken on commit. The same
    `idempotency_key` again gives the same run (L7). Raises a Refusal (QuotaExceeded, ModelUnavailable, …), and then
    nothing was written.
    """
    raise NotImplementedError


def cancel_run(run: Run) -> None:
    """Ask the run to stop: a queued one ends at once, a running one when its worker has closed the provider call."""
    raise NotImplementedError
