"""What is noted of each provider call of a run."""

from uuid import uuid4

from playground.gateway.types import AttemptFailed, AttemptStarted, Delta, Restarted, Target
from playground.runs.answers import Answer
from playground.runs.asking import Asking

PLACE = Target(key="1", label="quick at Fake", kind="openai", model="quick")


def test_each_call_has_its_own_first_token() -> None:
    asking = Asking(Answer(uuid4(), fence=1), model="Quick")
    for number in (1, 2):
        asking.take(AttemptStarted(PLACE, number))
        asking.take(Delta("One"))
        asking.take(AttemptFailed(PLACE, number, "broken", was_accepted=True))
        asking.take(Restarted("broken"))
    first, second = asking.outcome.attempts
    assert first.first_token is not None
    assert second.first_token is not None
    assert second.first_token >= second.started
    assert asking.outcome.first_token is not None
    assert asking.outcome.first_token < second.started
