"""How fast money is admitted: `python -m tests.bench.ledger_bench`, by hand, on a quiet machine.

Every run counts in the same company, department and person, so all wait for the same rows. The database writes to the
disk as in production. A bare INSERT in the same run is the measure: ratios travel between machines, seconds do not.
"""

import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat
from uuid import uuid4

CONNECTIONS, RUNS, ALONE = 60, 3000, 1000


def main() -> None:
    from tests.services import Services  # noqa: PLC0415 - the settings read the URL of the database when Django starts

    services = Services()
    services.cluster = replace(
        services.cluster, options=(f"max_connections={CONNECTIONS + 20}", "shared_buffers=256MB")
    )
    try:
        services.start()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "DEMO": "1",
            "DATABASE_POOL_MAX": str(CONNECTIONS),
        }
        measure()
    finally:
        services.stop()


def measure() -> None:
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from accounts.models import Department, User  # noqa: PLC0415
    from playground.quota import ledger  # noqa: PLC0415
    from playground.quota.limits import set_quota  # noqa: PLC0415
    from playground.quota.verify import verify  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    user = User.objects.create_user("bench")
    department = Department.objects.create(name="Bench", slug="bench")
    set_quota(scope="department", target=department, period="month", limit=10**15, actor=user, reason="bench")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id uuid PRIMARY KEY, amount bigint)")

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare VALUES (%s, 1)", [uuid4()])

    def admit() -> None:
        ledger.reserve(
            run_id=uuid4(), user=user, department=department, amount=7, source="chat", model="m", lifetime=900.0
        )

    def admit_and_settle() -> None:
        run_id = uuid4()
        ledger.reserve(
            run_id=run_id, user=user, department=department, amount=7, source="chat", model="m", lifetime=900.0
        )
        ledger.settle(run_id, cost=5, estimated=False, provider="p", price={}, usage={})

    admit()
    floor = None
    for name, action in (("bare INSERT", insert), ("reserve", admit), ("reserve + settle", admit_and_settle)):
        median, rate = alone(action), together(action)
        floor = floor or (median, rate)
        print(
            f"{name:17} alone {median * 1000:6.2f} ms ({median / floor[0]:4.1f}×)   "
            f"{CONNECTIONS} at once {rate:6.0f}/s ({rate / floor[1]:4.2f}×)"
        )
    print("The ledger is true." if not verify() else verify())


def alone(action: Callable[[], None]) -> float:
    """The median second of one after the other."""
    times = []
    for _ in range(ALONE):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def together(action: Callable[[], None]) -> float:
    """How many a second, by as many threads as there are connections."""

    from django.db import connection  # noqa: PLC0415

    def work(count: int) -> None:
        for _ in range(count):
            action()
        connection.close()

    begin = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(work, repeat(RUNS // CONNECTIONS, CONNECTIONS)))
    return RUNS / (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
