"""How a provider did over the last day, from the calls that were made."""

from dataclasses import dataclass

from django.db import connection

CALLS = """
SELECT error_code, count(*),
       percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM first_token_at - started_at))
FROM playground_attempt
WHERE started_at > now() - interval '24 hours' AND provider = %(provider)s
GROUP BY error_code ORDER BY count(*) DESC
"""


@dataclass(frozen=True, slots=True)
class Day:
    """`failures` by the code of the error, the most frequent first; seconds to the first token of those answered."""

    calls: int
    answered: int
    failures: tuple[tuple[str, int], ...]
    median: float | None
    slow: float | None

    @property
    def share(self) -> float:
        return 100 * self.answered / self.calls if self.calls else 100.0


def last_day(provider: str) -> Day:
    """By the provider's slug."""
    with connection.cursor() as cursor:
        cursor.execute(CALLS, {"provider": provider})
        rows = cursor.fetchall()
    answered, times = next(((count, times) for code, count, times in rows if not code), (0, None))
    median, slow = times or (None, None)
    return Day(
        calls=sum(count for _code, count, _times in rows),
        answered=answered,
        failures=tuple((code, count) for code, count, _times in rows if code),
        median=median,
        slow=slow,
    )
