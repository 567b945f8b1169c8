"""Who is switched off asks nothing any more, not even what she had asked already; nor does a revoked key."""

from collections.abc import Callable

import pytest

from accounts.api_keys import issue_key, revoke_key
from accounts.models import User
from playground.catalog.models import Model
from playground.quota.models import Reservation
from playground.runs.execute import execute_run
from playground.runs.models import RunState
from tests.fake_provider import FakeProvider
from tests.runs.asking import Start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("gone", ["person", "key"])
@pytest.mark.usefixtures("no_worker", "ledger_is_true")
def test_what_waits_in_the_queue_ends_before_it_is_asked(
    start: Start, alice: User, fake_provider: FakeProvider, make_model: Callable[..., Model], gone: str
) -> None:
    key, _secret = issue_key(alice, "laptop", days=30)
    run = start(model=make_model("served", base_url=f"{fake_provider.base_url}/v1"), api_key_id=key.pk)
    if gone == "person":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    else:
        revoke_key(key, actor=alice)
    execute_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.cost, run.started_at) == (RunState.FAILED, 0, None)
    assert Reservation.objects.get(run_id=run.pk).state == "released"
    assert fake_provider.counts()["requests"] == 0
