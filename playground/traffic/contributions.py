"""What one ended run adds: its row among the ended runs, and the numbers of one tally while they are added up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from playground.runs.models import Attempt, Run, RunState
from playground.traffic import histogram
from playground.traffic.models import EndedRun, Slip, Tally
from playground.traffic.numbers import Sums

FAILED = frozenset({RunState.FAILED, RunState.INTERRUPTED})
# The columns of a Tally that are plain sums.
SUMS = (
    *("requests", "failed", "stopped", "fallbacks", "retries", "input_tokens", "output_tokens", "cached_tokens"),
    *("cost", "first_token_ms", "total_ms", "streamed_tokens", "streaming_ms"),
)
BYTES_OF_NAMES = 1000
USED = ("cost", "input_tokens", "output_tokens", "cached_tokens")


@dataclass(slots=True)
class Part(Sums):
    """As a Tally has them: also the times as sums."""

    first_token_ms: int = 0
    total_ms: int = 0

    @classmethod
    def sum(cls, parts: "Sequence[Part | Tally]") -> "Part":
        if isinstance(parts[0], Part) and len(parts) == 1:
            return parts[0]
        whole = cls()
        for name in SUMS:
            setattr(whole, name, sum(getattr(part, name) for part in parts))
        for part in parts:
            for cause, count in part.causes.items():
                whole.causes[cause] = whole.causes.get(cause, 0) + count
        whole.first_token = histogram.merged([part.first_token for part in parts])
        whole.total = histogram.merged([part.total for part in parts])
        return whole

    def as_columns(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in (*SUMS, "causes", "first_token", "total")}

    def add_run(self, ended: EndedRun, *, retries: int) -> None:
        self.requests += 1
        self.stopped += ended.state == RunState.CANCELLED
        self.fallbacks += ended.fell_back
        self.retries += retries
        self._add_failure(ended.cause)
        self._add_times(ended.first_token_ms, ended.total_ms)
        self.add_usage(ended)
        if ended.first_token_ms is not None:
            self.streamed_tokens += ended.output_tokens
            self.streaming_ms += ended.total_ms - ended.first_token_ms

    def add_call(self, attempt: Attempt, *, is_retry: bool, is_left: bool) -> None:
        self.requests += 1
        self.retries += is_retry
        self.fallbacks += is_left
        self._add_failure(attempt.error_code)
        total = _ms(attempt.started_at, attempt.finished_at)
        self._add_times(_ms(attempt.started_at, attempt.first_token_at), total)

    def add_usage(self, used: EndedRun | Slip | Attempt) -> None:
        self.cost += used.cost
        self.input_tokens += used.input_tokens
        self.output_tokens += used.output_tokens
        self.cached_tokens += used.cached_tokens

    def add_speed(self, tokens: int, since: datetime | None, until: datetime | None) -> None:
        if since is not None and (took := _ms(since, until)):
            self.streamed_tokens += tokens
            self.streaming_ms += took

    def _add_failure(self, cause: str) -> None:
        if cause:
            self.failed += 1
            self.causes[cause] = self.causes.get(cause, 0) + 1

    def _add_times(self, first_token_ms: int | None, total_ms: int | None) -> None:
        if first_token_ms is not None:
            self.first_token_ms += first_token_ms
            histogram.add(self.first_token, first_token_ms)
        if total_ms is not None:
            self.total_ms += total_ms
            histogram.add(self.total, total_ms)


def ended_run(run: Run, attempts: list[Attempt], slip: Slip) -> EndedRun:
    failed = [attempt for attempt in attempts if attempt.error_code]
    ended = EndedRun(
        run_id=run.pk,
        ended_at=run.finished_at or slip.created_at,
        department_id=run.department_id,
        source=run.source,
        model=run.model_name,
        tool=run.tool_version.rpartition(" v")[0],
        deployment=run.answered_by,
        provider=provider_of(run.answered_by),
        state=run.state,
        cause=(run.error_code or run.state) if run.state in FAILED else "",
        fell_back=run.fell_back,
        calls=len(attempts),
        failed_at=_that_fit({name for one in failed for name in (one.deployment, provider_of(one.deployment))}),
        causes=sorted({attempt.error_code for attempt in failed}),
        first_token_ms=_ms(run.created_at, run.first_token_at),
        total_ms=_ms(run.created_at, run.finished_at) or 0,
    )
    ended.add(slip)
    return ended


def _that_fit(names: set[str]) -> list[str]:
    """All of them, but where they are absurdly long: they stand in an index, whose rows hold no more than 2.7 KB."""
    sizes = accumulate(len(name.encode()) for name in sorted(names))
    return [name for name, size in zip(sorted(names), sizes, strict=True) if size <= BYTES_OF_NAMES]


def provider_of(deployment: str) -> str:
    """A deployment is called "gpt-4o-mini at OpenAI"; the model's own name holds no space."""
    return deployment.partition(" at ")[2] or deployment


def calls(attempts: list[Attempt]) -> Iterator[tuple[Attempt, bool, bool]]:
    """Each call, whether it tried the same deployment again, and whether another one was asked after it."""
    for position, attempt in enumerate(attempts):
        before, following = attempts[max(position - 1, 0) : position], attempts[position + 1 : position + 2]
        is_retry = any(one.deployment == attempt.deployment for one in before)
        yield attempt, is_retry, any(one.deployment != attempt.deployment for one in following)


def _ms(since: datetime, until: datetime | None) -> int | None:
    return None if until is None else max(0, round((until - since).total_seconds() * 1000))
