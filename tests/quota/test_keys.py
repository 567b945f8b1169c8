"""What goes through a key counts for the key too, and a key may have a limit of its own."""

from collections.abc import Callable

import pytest

from accounts.api_keys import issue_key
from accounts.models import ApiKey, User
from playground.quota.errors import QuotaExceeded
from playground.quota.limits import remaining, set_quota
from playground.quota.models import Quota, Reservation

Hold = Callable[..., Reservation]


@pytest.fixture
def key(alice: User) -> ApiKey:
    return issue_key(alice, name="laptop", days=30)[0]


def test_it_counts_in_eight_windows(hold: Hold, key: ApiKey) -> None:
    assert len(hold(10, api_key_id=key.pk).window_ids) == 8
    assert len(hold(10).window_ids) == 6


def test_the_limit_of_a_key_stops_the_key_and_nobody_else(hold: Hold, key: ApiKey, alice: User) -> None:
    set_quota(scope="key", target=key, period="month", limit=100, actor=alice, reason="test")
    hold(60, api_key_id=key.pk)
    with pytest.raises(QuotaExceeded) as refused:
        hold(60, api_key_id=key.pk)
    assert (refused.value.scope, refused.value.period, refused.value.left_amount) == ("key", "month", 40)
    assert "laptop" in refused.value.title
    hold(60)


def test_another_key_counts_for_itself(hold: Hold, key: ApiKey, alice: User) -> None:
    other, _ = issue_key(alice, name="server", days=30)
    hold(10, api_key_id=key.pk)
    hold(20, api_key_id=other.pk)
    used = {one.scope: one.used for one in remaining(alice, None, api_key_id=key.pk) if one.period == "month"}
    assert used == {"company": 30, "person": 30, "key": 10}


def test_who_uses_no_key_has_no_quota_of_one(hold: Hold) -> None:
    hold(10)
    assert not Quota.objects.filter(scope="key").exists()
