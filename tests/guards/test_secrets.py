"""What is secret is found nowhere: not in logs, answers, messages or rows, however things go wrong."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from accounts.api_keys import issue_key
from accounts.models import User
from playground.catalog.models import Model
from playground.catalog.providers import save_provider
from playground.chat.conversations import start_conversation
from playground.runs.models import Run
from playground.runs.start import start_run
from tests.fake_provider import FakeProvider
from tests.guards.test_walls import tables
from tests.runs.asking import ask, until_ended
from tests.stack import Stack

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("stack"),
    pytest.mark.usefixtures("ledger_is_true"),
]

CREDENTIAL = "sk-canary-of-the-provider"
PROMPT = "canary-of-the-question"
FAULTS: list[dict[str, Any]] = [
    *({"status": status, "error": {"message": f"{CREDENTIAL} {PROMPT}"}} for status in (400, 401, 403, 404, 429, 500)),
    *({"cut": cut} for cut in ("before_headers", "after_headers", "mid_utf8", "mid_event", "before_usage")),
    {"text": "Fine."},
]


@pytest.fixture
def guarded(make_model: Callable[..., Model], fake_provider: FakeProvider) -> Callable[[int], Model]:
    """A model of its own for each number: a place that has failed before rests, and is not asked."""

    def make(number: int) -> Model:
        model = make_model(f"served-{number}", base_url=f"{fake_provider.base_url}/v1")
        at = model.deployments.get().provider
        save_provider(slug=at.slug, name=at.name, kind=at.kind, base_url=at.base_url, credential=CREDENTIAL)
        return model

    return make


def test_no_secret_is_written_anywhere(
    stack: Stack, guarded: Callable[[int], Model], alice: User, fake_provider: FakeProvider
) -> None:
    _key, secret = issue_key(alice, "laptop", 30)
    seen = []
    for number, rule in enumerate(FAULTS):
        fake_provider.reset()
        fake_provider.script(**rule, retry_after=0) if rule.get("status") == 429 else fake_provider.script(**rule)
        run = until_ended(start_run(user=alice, source="chat", model=guarded(number), request=ask(PROMPT)))
        seen.append(f"{run.error_message} {run.error_code} {run.answered_by} {run.output_html}")
        with stack.get(f"/runs/{run.pk}/events/", alice) as response:
            seen.append(response.read().decode())
    assert fake_provider.counts()["last_headers"]["authorization"] == f"Bearer {CREDENTIAL}"
    for path, headers in (("/v1/models", {"Authorization": f"Bearer {secret}x"}), (f"/?q={PROMPT}", {}), ("/x", {})):
        with stack.get(path, **headers) as response:
            seen.append(response.read().decode())
    logs = stack.log("worker").decode() + stack.log("web").decode()
    secrets = [CREDENTIAL, secret, settings.SECRET_KEY, *settings.CREDENTIAL_KEYS]
    rows = json.dumps(tables(), default=str)
    for place, text in (("logs", logs), ("answers", "".join(seen)), ("rows", rows)):
        assert [one for one in secrets if one in text] == [], place
    assert PROMPT not in logs
    assert alice.email in rows  # the search finds what is there


def test_the_broker_knows_no_words(stack: Stack, guarded: Callable[[int], Model], alice: User) -> None:
    assert stack.worker is not None
    stack.worker.terminate()
    stack.worker.wait(timeout=20)
    start_conversation(alice, content=PROMPT, model=guarded(0), key=Run().pk)
    run = Run.objects.get()
    broker = Redis.from_url(settings.REDIS_URL)
    queued = broker.lrange(f"{settings.REDIS_KEY_PREFIX}:interactive", 0, -1)
    waiting = b"".join(queued)  # type: ignore[arg-type]
    stack.start_worker()
    until_ended(run)
    assert str(run.pk).encode() in waiting
    assert PROMPT.encode() not in waiting
