"""Threads on connections of their own, and guards that can be taken away to see that a race does happen without."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from django.db import connection, transaction


def at_once(actions: Sequence[Callable[[], object]]) -> list[object]:
    """Run all at the same moment; what each returned or raised."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return action()
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))


def in_between(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """`second` starts when `first` is done, not committed; `first` commits when `second` waits for it or is done."""

    def run() -> object:
        try:
            return second()
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            result = first()
            running = thread.submit(run)
            while not running.done() and not _somebody_waits():
                pass
        return [result, running.result()]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def without(table: str, *, trigger: str) -> Iterator[None]:
    """The table without one of its walls."""
    statement = f"ALTER TABLE {table} {{}} TRIGGER {trigger}"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format("DISABLE"))
        try:
            yield
        finally:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement.format("ENABLE"))
