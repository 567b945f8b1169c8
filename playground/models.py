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

__all__ = [
    "Attempt",
    "Conversation",
    "DepartmentDefault",
    "Deployment",
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
    "TokenRate",
]
