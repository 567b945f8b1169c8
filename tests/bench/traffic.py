"""How the gateway's page bears a company's years of traffic: python -m tests.bench.traffic [--runs 10000000].

Ended runs and their tallies are written straight into the tables of a database of its own, in SQL; the pages are then
asked over HTTP, from a real web server, and each must begin within 300 ms. On a machine that does other things, too,
read the pages' blocks, which are the same there, and their time against that of a query of one size ("yardstick").
The last line is how fast runs are folded.
"""

import argparse
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from playground.up.ports import free_port, wait_open
from tests.bench.pages import Page, measure, show
from tests.bench.plans import Plan, plan_of, show_plans, yardstick
from tests.services import Services

TARGET = 300
DAYS = 365
DEPARTMENTS, MODELS, TOOLS = 50, 12, 300
STEP = 500_000

# Few departments, models and tools have most of the traffic: squaring an even number does that.
RUNS = """
INSERT INTO playground_endedrun (run_id, ended_at, department_id, source, model, tool, deployment, provider, state,
    cause, fell_back, calls, failed_at, causes, input_tokens, output_tokens, cached_tokens, cost, first_token_ms,
    total_ms)
SELECT md5(n::text)::uuid, now() - make_interval(secs => (%(runs)s - n)::float * %(days)s * 86400 / %(runs)s),
    1 + (power(hashed(n, 1), 2) * %(departments)s)::int %% %(departments)s,
    source, 'Model ' || model, CASE WHEN source = 'hub' THEN 'tool-' || (power(hashed(n, 4), 2) * %(tools)s)::int
    ELSE '' END, 'model-' || model || ' at Provider ' || model %% 4, 'Provider ' || model %% 4,
    CASE WHEN cause <> '' THEN 'failed' ELSE 'done' END, cause, hashed(n, 6) < 0.02, 1,
    CASE WHEN cause <> '' THEN ARRAY['model-' || model || ' at Provider ' || model %% 4, 'Provider ' || model %% 4]
    ELSE '{}' END, CASE WHEN cause <> '' THEN ARRAY[cause] ELSE '{}' END,
    300 + 2000 * hashed(n, 7), 50 + 500 * hashed(n, 8), 100 * hashed(n, 9), 4000 * hashed(n, 10),
    exp(5 + 3 * hashed(n, 11)), exp(7 + 3 * hashed(n, 12))
FROM (
    SELECT n, (power(hashed(n, 2), 2) * %(models)s)::int AS model,
        (ARRAY['chat', 'chat', 'hub', 'api'])[1 + (hashed(n, 3) * 3.99)::int %% 4] AS source,
        CASE WHEN hashed(n, 5) < 0.03 THEN (ARRAY['rate_limited', 'overloaded', 'timed_out'])[1 + n %% 3] ELSE '' END
            AS cause
    FROM generate_series(%(first)s, %(last)s) AS n) AS drawn
"""
# Between 0 and 1, the same for the same numbers.
HASHED = """
CREATE FUNCTION hashed(n bigint, seed int) RETURNS float LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (hashint8extended(n, seed) & 1048575)::float / 1048576 $$
"""
# What folding would have summed up, with histograms of the right length.
TALLIES = """
INSERT INTO playground_tally (span, dimension, department_id, starts, key, requests, failed, stopped, fallbacks,
    retries, input_tokens, output_tokens, cached_tokens, cost, first_token_ms, total_ms, streamed_tokens, streaming_ms,
    causes, first_token, total)
SELECT %(span)s, %(dimension)s, department, starts, key, count(*), count(*) FILTER (WHERE cause <> ''), 0,
    count(*) FILTER (WHERE fell_back), 0, sum(input_tokens), sum(output_tokens), sum(cached_tokens), sum(cost),
    sum(first_token_ms), sum(total_ms), sum(output_tokens), sum(total_ms),
    jsonb_build_object('rate_limited', count(*) FILTER (WHERE cause = 'rate_limited'),
                       'timed_out', count(*) FILTER (WHERE cause = 'timed_out')),
    ARRAY(SELECT count(*)::int / 60 + 1 FROM generate_series(1, 85)),
    ARRAY(SELECT count(*)::int / 60 + 1 FROM generate_series(1, 105))
FROM (
    SELECT date_trunc(%(unit)s, ended_at) AS starts, {key} AS key, {department} AS department, *
    FROM playground_endedrun WHERE ended_at > now() - make_interval(days => %(days)s)) AS placed
GROUP BY starts, key, department
"""
KEYS = {
    "all": "''",
    "provider": "provider",
    "deployment": "deployment",
    "model": "model",
    "department": "department_id::text",
    "tool": "tool",
    "source": "source",
}
# The span, what PostgreSQL calls it, and how far back it is kept.
SPANS = (("hour", "hour", 40), ("day", "day", 800), ("month", "month", 800))


def main() -> None:
    options = _options()
    services = Services()
    services.start()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.bench.page_settings",
        "DEMO": "1",
        "COMPANY_TIME_ZONE": "UTC",
        "SECRET_KEY": "a-key-for-benches-only-a-key-for-benches-only-a-key",
        "CREDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "LOG_LEVEL": "WARNING",
        "METRICS_TOKEN": "bench",
    }
    web: subprocess.Popen[bytes] | None = None
    plans: dict[str, Plan] = {}
    try:
        began = time.monotonic()
        dana, owner = _prepare(options.runs)
        print(f"{options.runs:,} runs and their tallies took {time.monotonic() - began:.0f} s to write.", flush=True)
        port = free_port()
        command = ["-m", "uvicorn", "playground.asgi:application", "--port", str(port), "--loop", "uvloop"]
        web = subprocess.Popen(  # noqa: S603
            [sys.executable, *command, "--http", "httptools", "--no-access-log", "--log-level", "warning"]
        )
        if not wait_open(port):
            raise SystemExit("The web server did not start.")
        of_company, of_owner = _pages(), _pages_of_owner()
        for cookie, pages in ((dana, of_company), (owner, of_owner)):
            for page in pages:
                pace = yardstick()
                measure(page, port, cookie, options.times)
                plans[page.name] = plan_of(page, cookie, (pace + yardstick()) / 2)
        show([*of_company, *of_owner], target=TARGET)
        show_plans(plans)
        _fold(options.folded)
    finally:
        if web:
            web.terminate()
            web.wait(timeout=60)
        services.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", default=10_000_000, type=int)
    parser.add_argument("--times", default=20, type=int)
    parser.add_argument("--folded", default=2_000, type=int, help="runs that are folded at the end")
    return parser.parse_args()


def _prepare(runs: int) -> tuple[str, str]:
    """Write everything, and give the cookies of an admin and of an owner of one department."""
    import django  # noqa: PLC0415 - the environment had to be set first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, connections  # noqa: PLC0415

    from accounts.models import Department, Membership, Role, User  # noqa: PLC0415
    from tests.stack import session_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    departments = Department.objects.bulk_create(
        Department(pk=n, name=f"Department {n:02}", slug=f"department-{n}") for n in range(1, DEPARTMENTS + 1)
    )
    dana = User.objects.create(username="dana", role=Role.ADMIN)
    Membership.objects.create(user=dana, department=departments[0], is_primary=True)
    owner = User.objects.create(username="ana")
    Membership.objects.create(user=owner, department=departments[-1], is_primary=True, is_owner=True)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(HASHED)
        size = {"runs": runs, "days": DAYS, "departments": DEPARTMENTS, "models": MODELS, "tools": TOOLS}
        indexes = _take_indexes(cursor)
        for first in range(1, runs + 1, STEP):
            cursor.execute(RUNS, {**size, "first": first, "last": min(first + STEP - 1, runs)})
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET work_mem = '256MB'")
        for span, unit, days in SPANS:
            for dimension, key in KEYS.items():
                for department in ("0", "department_id"):
                    if (dimension, department) == ("department", "department_id"):
                        continue
                    statement = TALLIES.format(key=key, department=department)
                    cursor.execute(statement, {"span": span, "dimension": dimension, "unit": unit, "days": days})
        cursor.execute("VACUUM ANALYZE playground_endedrun, playground_tally")
        cursor.execute("SELECT count(*), pg_total_relation_size('playground_tally') / 1048576 FROM playground_tally")
        rows, megabytes = cursor.fetchone()
        cursor.execute("SELECT pg_total_relation_size('playground_endedrun') / 1048576")
        print(f"{rows:,} tallies of {megabytes} MB; the ended runs have {cursor.fetchone()[0]:,} MB.", flush=True)
    cookies = f"session={session_of(dana)}", f"session={session_of(owner)}"
    connections.close_all()
    return cookies


def _take_indexes(cursor: object) -> list[str]:
    """Drop the indexes of the ended runs, but for that of the ids, and say how they are made again."""
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'playground_endedrun' AND indexname !~ 'pkey'"
    )
    found = cursor.fetchall()  # type: ignore[attr-defined]
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")  # type: ignore[attr-defined]
    return [definition for _name, definition in found]


def _at(path: str, **query: object) -> str:
    return f"/gateway/{path}?{urlencode(query)}"


def _year() -> dict[str, str]:
    return {"since": (datetime.now(UTC) - timedelta(days=365)).isoformat()}


def _pages_of_owner() -> list[Page]:
    return [
        Page("her month by tool", _at("", period="month", by="tool")),
        Page("her runs", _at("runs/")),
        Page("her runs of a rare cause", _at("runs/", cause="not_started", **_year())),
        Page("her runs, a call failed", _at("runs/", outcome="call_failed", provider="Provider 1", **_year())),
    ]


def _pages() -> list[Page]:
    from django.db import connections  # noqa: PLC0415

    from playground.traffic.models import EndedRun  # noqa: PLC0415

    year = _year()
    deep = EndedRun.objects.order_by("-ended_at", "-run_id")[min(100_000, EndedRun.objects.count() // 2)]
    connections.close_all()
    return [
        Page("livez", "/livez"),
        *(
            Page(f"{period} by {by}", _at("", period=period, by=by))
            for period in ("day", "month")
            for by in KEYS
            if by != "all"
        ),
        Page("year by tool", _at("", period="year", by="tool")),
        Page("month of a department", _at("", period="month", by="tool", department=3)),
        Page("month of a model", _at("", period="month", by="model", key="Model 3")),
        Page("csv, month by tool", _at("export.csv", period="month", by="tool")),
        Page("runs", _at("runs/")),
        Page("runs, deep", _at("runs/", before=deep.ended_at.isoformat(), id=deep.pk)),
        Page("runs that failed", _at("runs/", outcome="failed", **year)),
        Page("runs, rare tool and cause", _at("runs/", tool="tool-299", cause="timed_out", **year)),
        Page("runs, rare department", _at("runs/", department=50, cause="overloaded", **year)),
        Page("runs, a call failed", _at("runs/", outcome="call_failed", provider="Provider 1", **year)),
        Page("runs, a rare cause", _at("runs/", cause="not_started", **year)),
        Page("runs, a rare cause of a call", _at("runs/", outcome="call_failed", cause="not_started", **year)),
        Page("runs, stopped", _at("runs/", outcome="stopped", **year)),
        Page("runs, nothing", _at("runs/", model="None such", **year)),
    ]


def _fold(count: int) -> None:
    """How long it takes to fold runs that end together, as they do where many ask."""
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from playground.runs.models import Attempt, Run  # noqa: PLC0415
    from playground.traffic.folding import fold_all  # noqa: PLC0415

    dana = User.objects.get(username="dana")
    runs = Run.objects.bulk_create(
        Run(
            user=dana,
            department_id=1 + n % DEPARTMENTS,
            source="chat",
            state="done",
            model_name=f"Model {n % MODELS}",
            answered_by=f"model-{n % MODELS} at Provider {n % 4}",
            max_output_tokens=1,
            input_token_bound=1,
            started_at=dana.date_joined,
            finished_at=timezone.now(),
        )
        for n in range(count)
    )
    Attempt.objects.bulk_create(
        Attempt(run=run, number=1, deployment=run.answered_by, started_at=run.created_at, finished_at=run.finished_at)
        for run in runs
    )
    began, cpu = time.monotonic(), time.process_time()
    folded = fold_all()
    wall, used = (time.monotonic() - began) * 1000, (time.process_time() - cpu) * 1000
    print(f"\n{folded} runs folded: {wall / folded:.2f} ms each, of which {used / folded:.2f} ms in Python.")


if __name__ == "__main__":
    main()
