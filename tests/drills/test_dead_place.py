"""One of two places dies under two hundred streams of several workers: what had not begun is answered by the other."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from playground.catalog.models import Deployment, Model
from playground.celery import app
from playground.gateway.health import FAILURES, report
from playground.gateway.types import ChatRequest, Turn
from playground.runs.execute import QUEUE
from playground.runs.models import LIVE_STATES, Attempt, Run, RunState
from playground.runs.start import start_run
from playground.up.ports import free_port, wait_open
from tests.fake_provider import FakeProvider
from tests.stack import Stack, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

STREAMS, LATER = 200, 40
TEXT = " ".join(f"word{number}" for number in range(40))
# Tokens a second, at the place that lives. The other comes to the middle of its answers, and stays there.
RATE = 6
# At the place that dies, questions with this word are not begun: it has said nothing when it goes.
PATIENT = "patient"


class Crew(Stack):
    """Workers only."""

    def start_workers(self, **queues: str) -> list[subprocess.Popen[bytes]]:
        """All at once, by name, each for its queue."""
        options = ("-P", "threads", "-c", str(STREAMS // 2), "--prefetch-multiplier", "1", "-l", "INFO")
        command = ("-m", "celery", "-A", "playground", "worker", *options, "--without-gossip", "--without-mingle")
        made = [self._spawn(name, *command, "-n", f"{name}@crew", "-Q", queue) for name, queue in queues.items()]
        wait_until(lambda: all(b" ready." in self.log(name) for name in queues), seconds=120, what="ready workers")
        return made


@pytest.fixture
def crew(transactional_db: None, no_worker: None) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers that answer, and a third that takes nothing until it is told to."""
    with tempfile.TemporaryDirectory(prefix="playground-crew-") as folder:
        workers = Crew(Path(folder)).start_workers(first=QUEUE, second=QUEUE, third="nothing")
        try:
            yield workers
        finally:
            leave(*workers)


def take_over(name: str) -> None:
    def is_taken() -> object:
        return app.control.add_consumer(QUEUE, destination=[f"{name}@crew"], reply=True, timeout=2)

    wait_until(is_taken, what=f"{name} that takes questions")


def leave(*workers: subprocess.Popen[bytes]) -> None:
    for worker in workers:
        if worker.poll() is None:
            worker.send_signal(signal.SIGTERM)
    for worker in workers:
        worker.wait(timeout=30)


@pytest.fixture
def doomed() -> Iterator[tuple[FakeProvider, subprocess.Popen[bytes]]]:
    """A provider of its own process, to be killed by its id."""
    port = free_port()
    command = [sys.executable, "-m", "playground.demo.provider", "--port", str(port), "--scripted"]
    process = subprocess.Popen(command)  # noqa: S603
    try:
        assert wait_open(port)
        yield FakeProvider(port), process
    finally:
        process.kill()
        process.wait()


def ask_all(user: User, model: Model, first: int, count: int, *words: str) -> list[Run]:
    questions = [f"question {first + number} {words[number % len(words)]}" for number in range(count)]
    return [
        start_run(user=user, source="chat", model=model, request=ChatRequest((Turn("user", text),), 200))
        for text in questions
    ]


def calls(provider: FakeProvider) -> int:
    return int(provider.counts()["requests"])


def have_ended(runs: list[Run]) -> bool:
    return not Run.objects.filter(pk__in=[run.pk for run in runs], state__in=LIVE_STATES).exists()


def cause_of_rest(place: Deployment) -> str:
    key = str(place.pk)
    return report(settings.STREAM_REDIS_URL, prefix=settings.REDIS_KEY_PREFIX, keys=[key])[key].cause


def test_nothing_is_lost_or_doubled_and_everybody_knows_who_is_dead(
    crew: list[subprocess.Popen[bytes]],
    doomed: tuple[FakeProvider, subprocess.Popen[bytes]],
    fake_provider: FakeProvider,
    make_model: Callable[..., Model],
    make_deployment: Callable[..., Deployment],
    alice: User,
    ledger_is_true: None,
) -> None:
    dying, process = doomed
    fake_provider.script(text=TEXT, rate=RATE)
    dying.script(text=TEXT, hang="mid_stream")
    dying.script(marker=PATIENT, hang="before_headers")
    model = make_model("served", base_url=f"{fake_provider.base_url}/v1")
    dead = make_deployment(model, name="dying", base_url=f"{dying.base_url}/v1")
    Model.objects.update(routing="least_busy")
    runs = ask_all(alice, model, 0, STREAMS, "", PATIENT)
    wait_until(lambda: calls(fake_provider) + calls(dying) == STREAMS, seconds=60, what="a call for every question")
    begun = dying.counts()
    assert begun["active"] >= STREAMS // 4
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: cause_of_rest(dead), seconds=30, what="a place that rests")
    wait_until(lambda: have_ended(runs), seconds=60, what="the end of every run")
    leave(*crew[:2])

    ended = {run.pk: run for run in Run.objects.all()}
    assert_promises_are_kept([(ended[run.pk], is_patient(number)) for number, run in enumerate(runs)])
    assert max((begun["by_prompt"] | fake_provider.counts()["by_prompt"]).values()) == 1
    assert not Attempt.objects.filter(target=str(dead.pk), error_code="").exists()

    take_over("third")
    before = Attempt.objects.filter(target=str(dead.pk)).count()
    fake_provider.script(text=TEXT)
    later = ask_all(alice, model, STREAMS, LATER, "")
    wait_until(lambda: have_ended(later), seconds=60, what="the end of every later run")
    assert set(Run.objects.filter(pk__in=[run.pk for run in later]).values_list("state", "output")) == {
        (RunState.DONE, TEXT)
    }
    assert Attempt.objects.filter(target=str(dead.pk)).count() - before < FAILURES, "a probe now and then, no more"
    assert_the_bill_is_ours(fake_provider.counts())


def is_patient(number: int) -> bool:
    return number % 2 == 1


def assert_promises_are_kept(runs: list[tuple[Run, bool]]) -> None:
    """Who had been shown nothing has the whole answer; whoever had been keeps a part, and nobody has a word twice."""
    for run, patient in runs:
        if patient or run.state == RunState.DONE:
            assert (run.state, run.output) == (RunState.DONE, TEXT), run.error_code
        else:
            assert (run.state, run.error_code) == (RunState.INTERRUPTED, "broken")
            assert run.output
            assert TEXT.startswith(run.output)
    assert any(run.state == RunState.INTERRUPTED for run, _patient in runs)
    assert any(run.fell_back for run, patient in runs if patient)


def assert_the_bill_is_ours(counts: dict[str, Any]) -> None:
    """Of the place that lives, which can still say what it has counted."""
    answered = Run.objects.filter(answered_by__startswith="demo-quick", state=RunState.DONE)
    ours = answered.values_list("input_tokens", "output_tokens")
    spent = counts["spent_by_model"]["demo-quick"]
    assert (sum(one for one, _ in ours), sum(two for _, two in ours)) == (spent["input_tokens"], spent["output_tokens"])
    assert (
        counts["requests_by_model"]["demo-quick"] == Attempt.objects.filter(deployment__startswith="demo-quick").count()
    )
    assert not answered.filter(cost_is_estimated=True, fell_back=False).exists()
