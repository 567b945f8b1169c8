"""From the question to the last token, through a real worker, Valkey and web server."""

import signal
import threading
import time

import pytest
from django.db import connection

from accounts.models import User
from playground.catalog.models import Deployment
from playground.quota.models import LedgerEntry, Reservation
from playground.runs.execute import execute_run
from playground.runs.models import Run, RunState
from playground.runs.start import cancel_run
from playground.runs.sweep import sweep_runs
from tests.page import Page
from tests.runs.asking import Asker, until_ended, until_text
from tests.sse import Message, messages
from tests.stack import Stack, session_of, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ANSWER = "# Title\n\nHello **you**, 日本 & <b>.\n\n```python\nprint(1)\n\nprint(2)\n```\n\n1. one\n2. two\n\nThe end."


def events_of(stack: Stack, run: Run, user: User | str, last_event_id: str = "") -> list[Message]:
    headers = {"Last_Event_ID": last_event_id} if last_event_id else {}
    with stack.get(f"/runs/{run.pk}/events/", user, **headers) as response:
        assert response.status == 200
        return list(messages(response))


def page_of(*several: list[Message]) -> dict[str, str]:
    page = Page()
    for each in several:
        for message in each:
            page.apply(message)
    return page.parts


def test_an_answer_streams_and_is_settled(stack: Stack, asked: Asker, alice: User) -> None:
    run = asked(text=ANSWER, rate=30)
    seen = events_of(stack, run, alice)
    until_ended(run)
    assert (run.state, run.output, run.finish_reason) == (RunState.DONE, ANSWER, "stop")
    assert seen[-1] == Message(event="end", data="done")
    assert sum("answer-open" in message.data for message in seen) > 2
    assert run.cost == Reservation.objects.get(run_id=run.pk).settled > 0
    assert not run.cost_is_estimated
    assert run.attempts.count() == 1


def test_the_row_forgets_the_question_when_it_is_answered(asked: Asker) -> None:
    assert until_ended(asked(text="Hi")).request is None


def test_a_page_that_comes_back_anywhere_is_the_same_byte_for_byte(stack: Stack, asked: Asker, alice: User) -> None:
    run = asked(text=ANSWER, rate=30)
    live = events_of(stack, run, alice)
    whole = page_of(live)
    for cut in range(1, len(live) - 2):
        seen = live[:cut]
        assert page_of(seen, events_of(stack, run, alice, seen[-1].id)) == whole


def test_a_page_that_comes_back_in_the_middle_goes_on(stack: Stack, asked: Asker, alice: User) -> None:
    run = asked.slowly(120)
    with stack.get(f"/runs/{run.pk}/events/", alice) as response:
        seen = [message for message, _ in zip(messages(response), range(8), strict=False)]
    rest = events_of(stack, run, alice, seen[-1].id)
    assert "innerHTML" not in rest[0].data.partition("answer-closed")[0] or len(rest) > 3
    assert page_of(seen, rest) == page_of(events_of(stack, until_ended(run), alice))


def test_a_finished_run_is_shown_from_its_row(stack: Stack, asked: Asker, alice: User) -> None:
    run = until_ended(asked(text=ANSWER, rate=500))
    seen = events_of(stack, run, alice)
    assert [message.event for message in seen] == ["", "", "end"]
    assert "The end." in page_of(seen)["answer-open"]


def test_thoughts_are_folded_and_kept_apart(stack: Stack, asked: Asker, alice: User) -> None:
    run = asked(text="Yes.", reasoning="Let me think <hard>.", rate=50)
    page = page_of(events_of(stack, run, alice))
    assert until_ended(run).reasoning == "Let me think <hard>."
    assert "<details>" in page["answer-reasoning"]
    assert "&lt;hard&gt;" in page["answer-reasoning"]
    assert page["answer-open"] == "Yes."


def test_a_run_that_is_nobody_elses_is_missing(stack: Stack, asked: Asker, eve: User, alice: User) -> None:
    run = until_ended(asked(text="secret"))
    with stack.get(f"/runs/{run.pk}/events/", eve, Last_Event_ID="1-1") as response:
        assert response.status == 404
        assert b"secret" not in response.read()


def test_who_is_not_signed_in_sees_nothing(stack: Stack, asked: Asker) -> None:
    with stack.get(f"/runs/{until_ended(asked(text='secret')).pk}/events/") as response:
        assert response.status in {302, 401, 403}


def test_a_person_who_is_disabled_is_cut_off(stack: Stack, asked: Asker, alice: User) -> None:
    run = asked.slowly(600)
    with stack.get(f"/runs/{run.pk}/events/", alice) as response:
        stream = messages(response)
        next(stream)
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert "word599" not in "".join(message.data for message in stream)
    asked.provider.wait_until_idle()
    assert until_ended(run).state == RunState.CANCELLED


def test_stop_takes_less_than_two_seconds(asked: Asker) -> None:
    """The best of three: what the way itself takes, and not what else the machine was doing."""

    def seconds_to_stop() -> float:
        run = asked.slowly(rate=10)
        until_text(run)
        began = time.monotonic()
        cancel_run(run)
        asked.provider.wait_until_idle()
        until_ended(run)
        return time.monotonic() - began

    assert min(seconds_to_stop() for _ in range(3)) < 2


def test_stop_closes_the_providers_connection(asked: Asker) -> None:
    run = asked.slowly(rate=10)
    until_text(run)
    cancel_run(run)
    asked.provider.wait_until_idle()
    assert until_ended(run).state == RunState.CANCELLED
    assert run.output.startswith("word0")
    assert run.cost_is_estimated
    assert run.cost > 0


def test_a_request_to_stop_is_found_in_the_row_when_it_was_not_heard(asked: Asker) -> None:
    run = asked.slowly(rate=10)
    until_text(run)
    Run.objects.filter(pk=run.pk).update(cancel_requested_at="2026-01-01T00:00Z")
    assert until_ended(run).state == RunState.CANCELLED


def test_a_run_that_nobody_serves_any_more_ends_free_and_closes_its_stream(
    stack: Stack, asked: Asker, alice: User, no_worker: None
) -> None:
    run = asked(text="Hi")
    Deployment.objects.update(is_active=False)
    stack.start_worker()
    assert events_of(stack, run, alice)[-1] == Message(event="end", data="failed")
    until_ended(run)
    assert (run.cost, asked.calls, Reservation.objects.get().state) == (0, 0, "released")


def test_a_doubled_message_makes_one_provider_call(asked: Asker) -> None:
    run = asked.slowly(20)
    for _ in range(5):
        execute_run(run.pk)
    until_ended(run)
    assert (asked.calls, run.attempts.count()) == (1, 1)


def test_a_killed_worker_leaves_the_text_and_true_books(stack: Stack, asked: Asker, alice: User) -> None:
    run = asked.slowly()
    until_text(run)
    first = run.output
    wait_until(lambda: Run.objects.get(pk=run.pk).output != first, what="a second checkpoint")
    assert stack.worker is not None
    stack.worker.kill()
    stack.worker.wait()
    saved = len(Run.objects.get(pk=run.pk).output)

    def is_swept() -> bool:
        sweep_runs()
        return not Run.objects.get(pk=run.pk).is_live

    wait_until(is_swept, seconds=30, what="an interrupted run")
    run.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.INTERRUPTED, "worker_lost")
    assert len(run.output) >= saved
    assert run.cost_is_estimated
    assert LedgerEntry.objects.filter(kind="settle").count() == 1
    assert events_of(stack, run, alice)[-1] == Message(event="end", data="interrupted")


def test_a_worker_that_is_told_to_go_lets_short_answers_end(stack: Stack, asked: Asker) -> None:
    long = asked.slowly(2000)
    until_text(long)
    asked.provider.reset()
    short = asked.slowly(40)
    wait_until(lambda: Run.objects.get(pk=short.pk).state == RunState.RUNNING)
    assert stack.worker is not None
    stack.worker.send_signal(signal.SIGTERM)
    assert stack.worker.wait(timeout=30) == 0
    assert until_ended(short).state == RunState.DONE
    assert (until_ended(long).state, long.error_code) == (RunState.INTERRUPTED, "restarted")


STREAMS = 50


def test_open_streams_hold_no_database_connection(stack: Stack, asked: Asker, alice: User) -> None:
    run = asked.slowly(300)
    session, seen = session_of(alice), []
    opened = [threading.Thread(target=lambda: seen.append(events_of(stack, run, session))) for _ in range(STREAMS)]
    for thread in opened:
        thread.start()
    until_text(run)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where datname = current_database()")
        held = cursor.fetchone()[0]
    cancel_run(run)
    for thread in opened:
        thread.join()
    assert held < STREAMS  # the pools of both processes, however many look on
    assert [each[-1].event for each in seen] == ["end"] * STREAMS


def test_a_provider_that_breaks_off_keeps_what_it_wrote(asked: Asker) -> None:
    run = until_ended(asked(text=ANSWER, cut="mid_stream", clean=True))
    assert (run.state, run.error_code) == (RunState.INTERRUPTED, "broken")
    assert ANSWER.startswith(run.output)
    assert run.cost_is_estimated


def test_a_provider_that_refuses_costs_nothing(asked: Asker) -> None:
    run = until_ended(asked(status=400))
    assert (run.state, run.cost) == (RunState.FAILED, 0)
    assert Reservation.objects.get(run_id=run.pk).state == "released"
