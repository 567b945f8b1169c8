"""Whether the money reaches for another call, after one that may be on a provider's bill."""

from asgiref.sync import sync_to_async
from django.db import Error, connections

from playground.quota import ledger
from playground.quota.errors import QuotaExceeded, ReservationClosed
from playground.runs.charges import lost_cost
from playground.runs.models import Run
from playground.runs.outcomes import Outcome


async def afford_another(run: Run, outcome: Outcome) -> bool:
    """Set aside once more what the last call may have cost: then the rest still covers a whole answer."""
    lost = lost_cost(run, outcome.attempts[-1:])
    return not lost or await _extend(run, lost)


@sync_to_async(thread_sensitive=False)
def _extend(run: Run, amount: int) -> bool:
    try:
        ledger.extend(run.pk, amount=amount)
    except (QuotaExceeded, ReservationClosed, Error):
        return False
    finally:
        connections.close_all()
    return True
