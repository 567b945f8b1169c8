"""Contents page: Django finds the tables here. Nobody else imports it."""

from playground.catalog.models import (
    DepartmentDefault,
    Deployment,
    Fallback,
    Model,
    Price,
    Provider,
    TokenRate,
)
from playground.chat.models import Conversation, Message
from playground.quota.models import LedgerEntry, Quota, QuotaWindow, Reservation
from playground.runs.models import Attempt, Run, RunVectors
from playground.traffic.models import EndedRun, Slip, Tally

__all__ = [
    "Attempt",
    "Conversation",
    "DepartmentDefault",
    "Deployment",
    "EndedRun",
    "Fallback",
    "LedgerEntry",
    "Message",
    "Model",
    "Price",
    "Provider",
    "Quota",
    "QuotaWindow",
    "Reservation",
    "Run",
    "RunVectors",
    "Slip",
    "Tally",
    "TokenRate",
]
