"""Any steps in any order: the book says what a simple model in memory says."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import Department, User
from playground.quota import ledger
from playground.quota.errors import QuotaExceeded, ReservationClosed
from playground.quota.limits import set_quota
from playground.quota.models import LedgerEntry, QuotaWindow, Reservation
from playground.quota.verify import verify
from playground.quota.windows import period_around

Key = tuple[str, int | None, str, datetime]
PERIODS = ["day", "month"]
amounts = st.integers(0, 100)


class Book(RuleBasedStateMachine):
    """What the ledger promises, without any database: sums per window, and reservations that are held or closed."""

    people: list[User]
    departments: list[Department]
    admin: User
    runs = Bundle("runs")

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = timezone.now()
        self.limits: dict[tuple[str, int | None, str], int | None] = {}
        self.window_limits: dict[Key, int | None] = {}
        self.reserved: dict[Key, int] = {}
        self.settled: dict[Key, int] = {}
        self.held: dict[UUID, tuple[int, list[Key], bool]] = {}
        self.closed: dict[UUID, list[Key]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def keys(self, user: User, department: Department) -> list[Key]:
        targets = (("company", None), ("department", department.pk), ("person", user.pk))
        keys = [(*target, period, period_around(period, self.now)[0]) for target in targets for period in PERIODS]
        for key in keys:
            self.window_limits.setdefault(key, self.limits.get(key[:3]))
        return keys

    def has_room(self, keys: list[Key], amount: int) -> bool:
        used = {key: self.reserved.get(key, 0) + self.settled.get(key, 0) + amount for key in keys}
        limits = {key: self.window_limits[key] for key in keys}
        return not amount or all(limit is None or used[key] <= limit for key, limit in limits.items())

    def post(self, keys: list[Key], *, reserved: int = 0, settled: int = 0) -> None:
        for key in keys:
            self.reserved[key] = self.reserved.get(key, 0) + reserved
            self.settled[key] = self.settled.get(key, 0) + settled

    def close(self, run_id: UUID, cost: int) -> None:
        amount, keys, _ = self.held.pop(run_id)
        self.post(keys, reserved=-amount, settled=cost)
        self.closed[run_id] = keys

    def ask(self, run_id: UUID, amount: int, user: User, department: Department, hours: int) -> None:
        ledger.reserve(
            run_id=run_id,
            user=user,
            department=department,
            amount=amount,
            source="chat",
            model="small",
            lifetime=hours * 3600,
            at=self.now,
        )

    @rule(target=runs, amount=amounts, who=st.integers(0, 1), where=st.integers(0, 1), lifetime=st.integers(1, 99))
    def reserve(self, amount: int, who: int, where: int, lifetime: int) -> UUID:
        run_id, user, department = uuid4(), self.people[who], self.departments[where]
        keys = self.keys(user, department)
        expected = self.has_room(keys, amount)
        try:
            self.ask(run_id, amount, user, department, lifetime)
        except QuotaExceeded:
            assert not expected
        else:
            assert expected
            self.held[run_id] = (amount, keys, False)
            self.post(keys, reserved=amount)
        return run_id

    @rule(run_id=runs)
    def reserve_again(self, run_id: UUID) -> None:
        for there in Reservation.objects.filter(pk=run_id):
            self.ask(run_id, 1, there.user, there.department, 1)

    @rule(run_id=runs, amount=amounts)
    def extend(self, run_id: UUID, amount: int) -> None:
        held, keys, started = self.held.get(run_id, (0, [], False))
        try:
            ledger.extend(run_id, amount=amount)
        except ReservationClosed:
            assert run_id not in self.held
        except QuotaExceeded:
            assert not self.has_room(keys, amount)
        else:
            assert self.has_room(keys, amount)
            self.held[run_id] = (held + amount, keys, started)
            self.post(keys, reserved=amount)

    @rule(run_id=runs)
    def start(self, run_id: UUID) -> None:
        try:
            ledger.mark_started(run_id)
        except ReservationClosed:
            assert run_id not in self.held
        else:
            self.held[run_id] = (*self.held[run_id][:2], True)

    @rule(run_id=runs, percent=st.integers(0, 130))
    def settle(self, run_id: UUID, percent: int) -> None:
        cost = self.held[run_id][0] * percent // 100 if run_id in self.held else 7
        first = ledger.settle(run_id, cost=cost, estimated=False, provider="p", price={}, usage={})
        assert first == (run_id in self.held)
        if first:
            self.close(run_id, cost)

    @rule(run_id=runs)
    def release(self, run_id: UUID) -> None:
        first = ledger.release(run_id)
        assert first == (run_id in self.held)
        if first:
            self.close(run_id, 0)

    @rule()
    def expire(self) -> None:
        late = Reservation.objects.filter(state="held", expires_at__lt=self.now).values_list("pk", flat=True)
        expected = list(late)
        assert ledger.expire_overdue(at=self.now) == len(expected)
        for run_id in expected:
            amount, _, started = self.held[run_id]
            self.close(run_id, amount if started else 0)

    @rule(run_id=runs, amount=st.integers(-50, 50))
    def adjust(self, run_id: UUID, amount: int) -> None:
        entry = LedgerEntry.objects.filter(reservation=run_id).last()
        if entry is None:
            return
        try:
            ledger.adjust(entry, amount=amount, actor=self.admin, reason="invoice")
        except ValueError:
            assert run_id in self.held or Reservation.objects.get(pk=run_id).settled + amount < 0
        else:
            self.post(self.closed[run_id], settled=amount)

    @rule(level=st.integers(0, 2), period=st.sampled_from(PERIODS), limit=st.none() | st.integers(0, 300))
    def limit(self, level: int, period: str, limit: int | None) -> None:
        scope = ("company", "department", "person")[level]
        target = (None, self.departments[0], self.people[0])[level]
        set_quota(scope=scope, target=target, period=period, limit=limit, actor=self.admin, reason="test", at=self.now)
        key = (scope, target.pk if target else None, period)
        self.limits[key] = limit
        self.window_limits[*key, period_around(period, self.now)[0]] = limit

    @rule(hours=st.sampled_from([1, 12, 24, 24 * 31]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def the_windows_say_what_the_model_says(self) -> None:
        for window in QuotaWindow.objects.select_related("quota"):
            quota = window.quota
            key = (quota.scope, quota.department_id or quota.user_id, quota.period, window.starts)
            assert (window.reserved, window.settled) == (self.reserved.get(key, 0), self.settled.get(key, 0))

    @invariant()
    def the_book_is_true(self) -> None:
        assert verify(at=self.now, grace=timedelta(days=365)) == []


@pytest.mark.django_db
def test_any_steps_in_any_order_leave_a_true_book(
    alice: User, eve: User, dana: User, marketing: Department, sales: Department
) -> None:
    Book.people, Book.departments, Book.admin = [alice, eve], [marketing, sales], dana
    few = settings(
        max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Book, settings=few)
