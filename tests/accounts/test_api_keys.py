from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import api_keys
from accounts.api_keys import authenticate_key, issue_key, revoke_key
from accounts.errors import NotPossible
from accounts.models import ApiKey, AuditEvent, User
from accounts.people import disable_user


def test_it_is_kept_as_a_hash(alice: User) -> None:
    key, secret = issue_key(alice, "laptop", 30)
    assert secret.startswith(key.prefix)
    assert len(secret) > 40
    assert secret not in str(ApiKey.objects.values().get())


def test_it_finds_its_person(alice: User, bob: User) -> None:
    _, secret = issue_key(alice, "laptop", 30)
    issue_key(bob, "laptop", 30)
    found = authenticate_key(secret)
    assert found is not None
    assert found.user == alice


def test_two_keys_that_begin_alike_are_two_people(alice: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = iter("ab")
    monkeypatch.setattr("secrets.token_urlsafe", lambda size: "x" * 42 + next(ends))
    _, first = issue_key(alice, "laptop", 30)
    _, second = issue_key(bob, "laptop", 30)
    assert first[:20] == second[:20]
    assert [key and key.user for key in map(authenticate_key, (first, second))] == [alice, bob]


@pytest.mark.parametrize(
    "secret", ["", "pg_", "pg_' OR 1=1--", "pg_\x00", "pg_" + "x" * 1_000_000, "pg_\udcff", "sk-123", "pg_é"]
)
@pytest.mark.django_db
def test_what_is_no_key_opens_nothing(secret: str) -> None:
    assert authenticate_key(secret) is None


def test_a_disabled_persons_key_opens_nothing(alice: User, dana: User) -> None:
    _, secret = issue_key(alice, "laptop", 30)
    disable_user(alice, actor=dana, reason="left")
    assert authenticate_key(secret) is None


def test_an_expired_key_opens_nothing(alice: User) -> None:
    _, secret = issue_key(alice, "laptop", 30)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert authenticate_key(secret) is None


def test_a_revoked_key_opens_nothing_and_is_in_the_audit_once(alice: User) -> None:
    key, secret = issue_key(alice, "laptop", 30)
    revoke_key(key, actor=alice)
    revoke_key(key, actor=alice)
    assert authenticate_key(secret) is None
    assert AuditEvent.objects.filter(action="key.revoked").count() == 1


def test_its_last_use_is_written_once_a_minute(alice: User) -> None:
    key, secret = issue_key(alice, "laptop", 30)
    start = timezone.now()
    seen = []
    for seconds in (1, 30, 62):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            authenticate_key(secret)
        key.refresh_from_db()
        seen.append(key.last_used_at)
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize("days", [0, -1, 366])
def test_it_works_for_a_year_at_most(alice: User, days: int) -> None:
    with pytest.raises(NotPossible):
        issue_key(alice, "laptop", days)


def test_there_is_an_end_to_them(alice: User) -> None:
    for number in range(api_keys.MOST_KEYS):
        issue_key(alice, f"key {number}", 30)
    with pytest.raises(NotPossible, match="20 keys"):
        issue_key(alice, "one more", 30)


def test_a_double_click_leaves_the_key_that_was_shown(alice: User) -> None:
    _, first = issue_key(alice, "laptop", 30)
    _, second = issue_key(alice, "laptop", 30)
    assert [bool(authenticate_key(secret)) for secret in (first, second)] == [False, True]


def test_a_key_in_use_is_never_replaced(alice: User) -> None:
    _, first = issue_key(alice, "laptop", 30)
    authenticate_key(first)
    issue_key(alice, "laptop", 30)
    assert authenticate_key(first)
