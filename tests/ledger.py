"""The money book of a test: true at its end, or the test fails."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from accounts.models import Department, User
from playground.quota import ledger
from playground.quota.models import Reservation
from playground.quota.verify import verify


@pytest.fixture
def ledger_is_true(db: None) -> Iterator[None]:
    """Ask for it in every test that spends."""
    yield
    assert verify() == []


@pytest.fixture
def hold(ledger_is_true: None, alice: User, marketing: Department) -> Callable[..., Reservation]:
    """Set money aside for a new run: alice's, for Marketing, unless the test says otherwise."""

    def make(amount: int = 100, **changes: object) -> Reservation:
        values = {
            "run_id": uuid4(),
            "user": alice,
            "department": marketing,
            "amount": amount,
            "source": "chat",
            "model": "small",
            "lifetime": 60.0,
        }
        return ledger.reserve(**(values | changes))  # type: ignore[arg-type]

    return make
