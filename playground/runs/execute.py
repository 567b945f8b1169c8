"""The worker half: the only caller of gateway.router."""

from uuid import UUID


def execute_run(run_id: UUID) -> None:
    """Claim the run, ask the provider, stream the answer, settle. A run that somebody else claimed is left alone."""
    raise NotImplementedError
