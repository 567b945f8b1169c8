"""What the statements of a page read: the same on a busy machine, where milliseconds tell little."""

import time
from dataclasses import dataclass

from tests.bench.pages import Page


@dataclass(frozen=True, slots=True)
class Plan:
    """What the statements of a page read, in blocks of 8 KB, and the milliseconds they took; and the yardstick's."""

    blocks: int
    ms: float
    yardstick_ms: float


def yardstick() -> float:
    """How long a query of one size takes here and now: the machine's own pace."""
    from django.db import connection  # noqa: PLC0415

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(hashint8extended(n, 1)) FROM generate_series(1, 500000) AS n")
    return (time.perf_counter() - began) * 1000


def plan_of(page: Page, cookie: str, yardstick_ms: float) -> Plan:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    plans = []
    with CaptureQueriesContext(connection) as asked:
        Client(headers={"cookie": cookie, "host": "localhost"}).get(page.path)
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if "playground_tally" in query["sql"] or "playground_endedrun" in query["sql"]:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query["sql"])
                plans.append(cursor.fetchone()[0][0])
    blocks = sum(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans)
    return Plan(blocks, sum(plan["Execution Time"] for plan in plans), yardstick_ms)


def show_plans(plans: dict[str, Plan]) -> None:
    print(f"\n{'page':28} {'blocks':>8} {'sql ms':>8} {'yardstick ms':>13}")
    for name, plan in plans.items():
        print(f"{name:28} {plan.blocks:8,} {plan.ms:8.1f} {plan.yardstick_ms:13.1f}")
