"""Contents page: Django finds the tables here. Nobody else imports it."""

from playground.catalog.models import Deployment, Model, Price, Provider
from playground.chat.models import Conversation, Message
from playground.quota.models import LedgerEntry, Quota, QuotaWindow, Reservation
from playground.runs.models import Attempt, Run

__all__ = [
    "Attempt",
    "Conversation",
    "Deployment",
    "LedgerEntry",
    "Message",
    "Model",
    "Price",
    "Provider",
    "Quota",
    "QuotaWindow",
    "Reservation",
    "Run",
]
