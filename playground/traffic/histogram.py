"""How long things took, as counts in buckets that grow by a tenth: two histograms are merged by adding them.

Bucket i counts what took from 1.1**i ms to 1.1**(i+1) ms (bucket 0 also what took less). A quantile is read as the
geometric middle of its bucket, so it is at most 4.9 % off, whatever was merged; what takes two hours and more is
counted as two hours.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, zip_longest

GROWTH = 1.1
# 1.1 ** 166 ms are a little over two hours.
LAST = 165
ERROR = math.sqrt(GROWTH) - 1


def bucket_of(ms: float) -> int:
    return min(int(math.log(ms, GROWTH)), LAST) if ms > 1 else 0


def upper_ms(bucket: int) -> float:
    return float(GROWTH ** (bucket + 1))


def add(counts: list[int], ms: float) -> None:
    """Count one more, in place; the list is as long as it has to be."""
    bucket = bucket_of(ms)
    counts.extend([0] * (bucket + 1 - len(counts)))
    counts[bucket] += 1


def merged(histograms: Sequence[Sequence[int]]) -> list[int]:
    return list(map(sum, zip_longest(*histograms, fillvalue=0)))


def quantile(counts: Sequence[int], share: float) -> float | None:
    """What `share` of them stayed below, in ms; None of none."""
    return quantiles(counts, (share,))[0]


def quantiles(counts: Sequence[int], shares: Sequence[float]) -> list[float | None]:
    """The same of several shares, for which the buckets are gone through once."""
    seen = list(accumulate(counts))
    if not seen or not seen[-1]:
        return [None] * len(shares)
    buckets = [bisect_left(seen, max(1, math.ceil(share * seen[-1]))) for share in shares]
    return [upper_ms(bucket) / math.sqrt(GROWTH) for bucket in buckets]
