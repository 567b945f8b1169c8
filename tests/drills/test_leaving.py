"""Programs that wait for a whole answer, and programs that do not wait for it."""

import http.client
import json

import pytest

from accounts.api_keys import issue_key
from accounts.models import User
from playground.runs.models import Run, RunState
from playground.runs.start import cancel_run
from tests.runs.asking import Asker, until_ended
from tests.stack import Stack, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("stack")]

TEXT = " ".join(f"word{number}" for number in range(60))


class Program:
    """One question by /v1, on a connection of its own."""

    def __init__(self, stack: Stack, key: str, model: str, *, stream: bool) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)
        body = {"model": model, "messages": [{"role": "user", "content": "Hi"}], "stream": stream}
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)


@pytest.fixture
def key(alice: User) -> str:
    return issue_key(alice, "drill", 1)[1]


def the_run() -> Run:
    wait_until(Run.objects.exists, what="a run")
    return Run.objects.get()


def test_a_program_waits_for_the_whole_answer(stack: Stack, asked: Asker, key: str) -> None:
    asked.provider.script(text=TEXT, rate=60)
    response = Program(stack, key, asked.model.slug, stream=False).connection.getresponse()
    told = json.loads(response.read())
    assert (response.status, told["choices"][0]["message"]["content"]) == (200, TEXT)


def test_a_program_that_waits_is_told_when_the_answer_is_stopped(stack: Stack, asked: Asker, key: str) -> None:
    asked.provider.script(text=TEXT, rate=2)
    program = Program(stack, key, asked.model.slug, stream=False)
    wait_until(lambda: the_run().state == RunState.RUNNING, what="a running run")
    cancel_run(the_run())
    response = program.connection.getresponse()
    assert (response.status, "error" in json.loads(response.read())) == (502, True)


@pytest.mark.parametrize("stream", [True, False])
def test_the_answer_of_a_program_that_has_gone_is_kept_and_paid_once(
    stack: Stack, asked: Asker, key: str, *, stream: bool
) -> None:
    asked.provider.script(text=TEXT, rate=30)
    program = Program(stack, key, asked.model.slug, stream=stream)
    wait_until(lambda: the_run().state == RunState.RUNNING, what="a running run")
    program.connection.close()
    run = until_ended(the_run())
    assert (run.state, run.output, run.cost_is_estimated) == (RunState.DONE, TEXT, False)
    assert asked.calls == 1
