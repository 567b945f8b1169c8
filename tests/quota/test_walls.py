"""What the database forbids whoever asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Department, User
from playground.catalog.models import Deployment, Model, Price, Provider
from playground.quota import ledger
from playground.quota.limits import set_quota
from playground.quota.models import LedgerEntry, QuotaWindow, Reservation

Hold = Callable[..., Reservation]


@contextmanager
def forbidden(sentence: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        yield


@pytest.fixture
def price(db: None) -> Price:
    provider = Provider.objects.create(slug="p", name="P", kind="echo")
    model = Model.objects.create(slug="m", name="M")
    deployment = Deployment.objects.create(model=model, provider=provider, name="m")
    return Price.objects.create(deployment=deployment, effective_from=timezone.now(), input=1, output=1, cached_input=1)


def test_a_line_of_the_book_is_never_changed(hold: Hold) -> None:
    hold()
    with forbidden("append-only: UPDATE is forbidden"):
        LedgerEntry.objects.update(amount=1)


def test_a_line_of_the_book_is_never_removed(hold: Hold) -> None:
    hold()
    with forbidden("append-only: DELETE is forbidden"):
        LedgerEntry.objects.all()._raw_delete("default")


def test_a_price_is_never_changed(price: Price) -> None:
    with forbidden("append-only: UPDATE is forbidden"):
        Price.objects.update(input=2)


def test_a_price_is_never_removed(price: Price) -> None:
    with forbidden("append-only: DELETE is forbidden"):
        price.delete()


def test_a_window_reserves_nothing_past_its_limit(hold: Hold, marketing: Department, dana: User) -> None:
    set_quota(scope="department", target=marketing, period="month", limit=100, actor=dana, reason="test")
    hold(100)
    with forbidden("may not reserve past its limit: 101 reserved"):
        QuotaWindow.objects.filter(limit=100).update(reserved=101)


@pytest.mark.parametrize("change", [{"state": "held"}, {"state": "settled"}, {"amount": 1}])
def test_a_closed_reservation_stays_as_it_is(hold: Hold, change: dict[str, object]) -> None:
    ledger.release(hold().pk)
    with forbidden("is released and was counted"):
        Reservation.objects.update(**change)


def test_a_reservation_keeps_its_windows(hold: Hold) -> None:
    hold()
    with forbidden("may not be closed again"):
        Reservation.objects.update(window_ids=[1])
