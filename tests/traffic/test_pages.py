"""The gateway's pages: true numbers that lead to their runs, for those who may see them."""

import csv
import io
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Department, User
from playground.runs.models import RunState
from playground.traffic.finding import RunsForm
from playground.traffic.folding import fold_all
from playground.traffic.models import EndedRun, Tally
from tests.queries import queries_of
from tests.traffic.conftest import FAST, SLOW, EndRun

pytestmark = pytest.mark.django_db
PERIODS = ("hour", "day", "month", "year")
LISTS = ("provider", "deployment", "model", "department", "tool", "source")


@pytest.fixture
def admin(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


@pytest.fixture
def owner(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


@pytest.fixture
def busy(end_run: EndRun, eve: User) -> None:
    end_run(model="Quick", cost=2_000_000)
    end_run(model="Careful", calls=((FAST, "overloaded"), (SLOW, "")))
    end_run(user=eve, model="Secret of Sales", source="hub", tool_version="pitch v1")
    end_run(model="Quick", state=RunState.FAILED, error_code="rate_limited", calls=((FAST, "rate_limited"),), cost=0)
    fold_all()


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return unescape(response.content.decode())


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("by", LISTS)
def test_every_time_and_list_shows_what_happened(admin: Client, busy: None, period: str, by: str) -> None:
    page = text_of(admin.get("/gateway/", {"period": period, "by": by}))
    assert '<dd class="muted small"><a' in page
    expected = {"provider": "Anthropic", "deployment": FAST, "model": "Careful", "department": "Marketing"}
    assert expected.get(by, {"tool": "pitch", "source": "Chat"}.get(by, "")) in page


def test_the_figures_are_those_of_the_runs(admin: Client, busy: None) -> None:
    report = admin.get("/gateway/").context["report"]
    assert (report.whole.requests, report.whole.failed, report.whole.fallbacks) == (4, 1, 1)
    assert report.whole.cost == 2_002_000
    assert 475 < report.whole.first_token_p50 < 525
    assert (report.rows[0].name, report.rows[0].numbers.requests) == ("Quick", 2)


def test_without_traffic_it_says_so(admin: Client, db: None) -> None:
    assert "Nothing in this time" in text_of(admin.get("/gateway/"))


def test_one_row_alone_can_be_looked_at(admin: Client, busy: None) -> None:
    report = admin.get("/gateway/", {"by": "deployment", "key": FAST}).context["report"]
    assert (report.name, report.whole.requests, report.whole.failed) == (FAST, 4, 2)


def test_every_number_leads_to_its_runs(admin: Client, busy: None) -> None:
    for by in LISTS:
        report = admin.get("/gateway/", {"by": by}).context["report"]
        assert len(admin.get(report.links.runs).context["found"].runs) == 4
        for row in report.rows:
            failed = admin.get(row.links.failed).context["found"].runs
            assert len(failed) == row.numbers.failed, (by, row.name)
            answered = admin.get(row.links.runs).context["found"].runs
            away = row.numbers.fallbacks if by in {"provider", "deployment"} else 0
            assert len(answered) == row.numbers.requests - away, (by, row.name)
        for cause in report.causes:
            assert len(admin.get(cause.url).context["found"].runs) == cause.count


def test_an_owner_sees_her_department_and_nothing_else(owner: Client, busy: None, sales: Department) -> None:
    page = text_of(owner.get("/gateway/"))
    assert "Careful" in page
    assert "Secret of Sales" not in page
    assert owner.get("/gateway/").context["report"].whole.requests == 3
    assert owner.get("/gateway/", {"department": sales.pk}).status_code == 400
    assert "Secret of Sales" not in text_of(owner.get("/gateway/export.csv"))
    assert "Secret of Sales" not in text_of(owner.get("/gateway/runs/"))
    assert not owner.get("/gateway/runs/", {"department": sales.pk}).context["found"].runs


def test_of_a_department_no_time_is_offered_that_is_not_counted(
    owner: Client, dana: User, busy: None, marketing: Department
) -> None:
    admin = Client()
    admin.force_login(dana)
    for who, department in ((owner, ""), (admin, str(marketing.pk))):
        shown = who.get("/gateway/", {"department": department, "period": "hour"}).context
        assert (shown["question"].period, shown["report"].whole.requests) == ("day", 3)
        for name, _, query in shown["nav"].periods:
            assert who.get(f"/gateway/?{query}").context["report"].whole.requests == 3, name
    assert [name for name, *_ in admin.get("/gateway/").context["nav"].periods] == list(PERIODS)
    assert [name for name, *_ in owner.get("/gateway/").context["nav"].periods] == list(PERIODS[1:])


def test_a_run_of_another_department_is_missing(owner: Client, busy: None, sales: Department) -> None:
    foreign = EndedRun.objects.get(department_id=sales.pk)
    assert owner.get(f"/gateway/runs/{foreign.pk}/").status_code == 404
    own = EndedRun.objects.filter(fell_back=True).get()
    page = text_of(owner.get(f"/gateway/runs/{own.pk}/"))
    assert "overloaded" in page
    assert SLOW in page


def test_no_page_says_who_asked_what(admin: Client, busy: None, alice: User) -> None:
    run = EndedRun.objects.first()
    assert run is not None
    for path in ("/gateway/", "/gateway/runs/", f"/gateway/runs/{run.pk}/", "/gateway/export.csv"):
        assert str(alice) not in text_of(admin.get(path))


@pytest.mark.parametrize(
    "query", ["period=week", "by=user", "sort=id", "department=x", "until=yesterday", "department=999", "key=%00"]
)
def test_a_question_that_is_none_is_refused(admin: Client, query: str) -> None:
    assert admin.get(f"/gateway/?{query}").status_code == 400


@pytest.mark.parametrize("query", ["outcome=x", "source=x", "since=x", "before=x", "department=0", "cause=a%20b"])
def test_a_list_that_is_none_is_refused(admin: Client, query: str) -> None:
    assert admin.get(f"/gateway/runs/?{query}").status_code == 400


def test_earlier_and_later_times_can_be_looked_at(admin: Client, end_run: EndRun) -> None:
    end_run(at=timezone.now() - timedelta(hours=30))
    fold_all()
    now = admin.get("/gateway/")
    assert now.context["report"].whole.requests == 0
    before = admin.get(f"/gateway/?{now.context['nav'].earlier}")
    assert before.context["report"].whole.requests == 1
    assert admin.get(f"/gateway/?{before.context['nav'].following}").context["question"].is_now


def test_the_download_has_every_row_of_every_hour(admin: Client, busy: None) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(admin.get("/gateway/export.csv", {"by": "deployment"})))))
    assert (
        sum(int(row["requests"]) for row in rows)
        == Tally.objects.get(span="month", dimension="provider", key="OpenAI", department_id=0).requests
        + Tally.objects.get(span="month", dimension="provider", key="Anthropic", department_id=0).requests
    )
    assert {"overloaded=1 rate_limited=1"} <= {row["causes"] for row in rows}


def test_a_name_like_a_formula_is_text_in_the_download(admin: Client, end_run: EndRun) -> None:
    end_run(model="=HYPERLINK(1)")
    fold_all()
    assert "'=HYPERLINK(1)" in text_of(admin.get("/gateway/export.csv"))


def test_the_list_goes_on_where_it_ended(admin: Client, end_run: EndRun) -> None:
    now = timezone.now()
    for number in range(120):
        end_run(at=now - timedelta(seconds=number // 40))
    fold_all()
    seen, path = [], "/gateway/runs/"
    while path:
        found = admin.get(path).context["found"]
        seen += [run.pk for run in found.runs]
        after = found.after
        path = (
            f"/gateway/runs/?before={after.ended_at.isoformat().replace('+', '%2B')}&id={after.run_id}" if after else ""
        )
    assert len(seen) == len(set(seen)) == 120


def test_pages_ask_as_much_of_many_rows_as_of_few(admin: Client, end_run: EndRun) -> None:
    for number in range(3):
        end_run(model=f"model {number}")
    fold_all()
    pages = ("/gateway/", "/gateway/?by=department", "/gateway/runs/", "/gateway/now/")
    few = [queries_of(admin, page) for page in pages]
    for number in range(30):
        end_run(model=f"model {number}", tool_version=f"tool-{number} v1")
    fold_all()
    assert [queries_of(admin, page) for page in pages] == few


def test_what_goes_on_now_is_shown(admin: Client, start: Any) -> None:
    start()
    assert "1 waiting" in text_of(admin.get("/gateway/now/"))


def test_others_may_not_look(client: Client, alice: User) -> None:
    client.force_login(alice)
    for path in ("/gateway/", "/gateway/now/", "/gateway/export.csv", "/gateway/runs/", f"/gateway/runs/{uuid4()}/"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("outcome=failed&cause=timed_out", "ended_runs_that_failed"),
        ("outcome=stopped&model=Quick", "ended_runs_that_were_stopped"),
        ("outcome=fell_back&provider=OpenAI", "ended_runs_that_fell_back"),
        ("outcome=call_failed&provider=OpenAI&cause=broken", "ended_runs_with_failed_call"),
        ("tool=pitch&source=api", "ended_runs_by_tool"),
    ],
)
def test_what_is_rare_is_found_without_reading_what_is_not(end_run: EndRun, query: str, index: str) -> None:
    """In an index that has all that a list is narrowed by; among few rows, only this one is left to be chosen."""
    end_run()
    fold_all()
    form = RunsForm(QueryDict(query))
    assert form.is_valid()
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'playground_endedrun'")
        for name in {row[0] for row in cursor.fetchall()} - {index, "playground_endedrun_pkey"}:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        form.find(EndedRun.objects.filter(department_id__in=[1, 2]))
        cursor.execute("EXPLAIN " + asked[-1]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"Index Only Scan Backward using {index}" in plan, plan
