"""What goes wrong at a provider ends in our tree, and in nothing else."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.gateway import errors
from playground.gateway.providers import adapter
from playground.gateway.providers.failures import error_for
from playground.gateway.types import Event, Limits, Target
from tests.fake_provider import FakeProvider
from tests.gateway.asking import LISTING, QUICK, ask, finish_of, idle, question, read_into, text_of

STATUSES = [
    (400, errors.BadRequest),
    (401, errors.CredentialRejected),
    (402, errors.CredentialRejected),
    (403, errors.CredentialRejected),
    (404, errors.ModelMissing),
    (408, errors.TimedOut),
    (413, errors.ContextTooLong),
    (422, errors.BadRequest),
    (429, errors.RateLimited),
    (500, errors.Overloaded),
    (503, errors.Overloaded),
    (529, errors.Overloaded),
    (307, errors.Unreachable),
]
BODIES = [
    (400, {"code": "context_length_exceeded"}, errors.ContextTooLong),
    (400, {"type": "invalid_request_error", "message": "prompt is too long: 9 > 8"}, errors.ContextTooLong),
    (400, {"message": "This model's maximum context length is 4096", "code": 400}, errors.ContextTooLong),
    (400, {"code": "content_filter"}, errors.ContentRefused),
    (400, {"type": "auth_error", "code": "400"}, errors.CredentialRejected),
    (400, {"message": "Your credit balance is too low"}, errors.CredentialRejected),
    (400, {"message": "Invalid model name passed in model=x"}, errors.ModelMissing),
    (404, {"type": "invalid_request_error", "message": "Nothing here"}, errors.ModelMissing),
    (429, {"type": "insufficient_quota", "code": "insufficient_quota"}, errors.CredentialRejected),
    (None, {"type": "overloaded_error"}, errors.Overloaded),
    (None, {"type": "invalid_request_error"}, errors.BadRequest),
    (None, {"code": 429, "message": "upstream"}, errors.RateLimited),
    (None, {"code": True}, errors.Overloaded),
    (None, "nonsense", errors.Overloaded),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
async def test_a_status_becomes_an_error_of_the_tree(
    fake_provider: FakeProvider, target: Target, status: int, expected: type[errors.GatewayError]
) -> None:
    fake_provider.script(status=status, retry_after=60)
    with pytest.raises(expected) as caught:
        await ask(target)
    assert type(caught.value) is expected


@pytest.mark.parametrize(("status", "body", "expected"), BODIES)
def test_the_words_of_an_error_decide_before_its_status(
    status: int | None, body: object, expected: type[errors.GatewayError]
) -> None:
    assert type(error_for(status, body)) is expected
    assert type(error_for(status, {"error": body})) is (expected if isinstance(body, dict) else errors.Overloaded)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert error_for(429, {}, headers).retry_after == seconds


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.dictionaries(st.text(), x)))
def test_no_error_body_is_too_odd(body: object) -> None:
    assert isinstance(error_for(400, body), errors.GatewayError)


async def test_what_the_provider_wrote_is_not_repeated(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(status=400, error={"error": {"message": "Your key sk-fake asked: my secret", "type": "x"}})
    with pytest.raises(errors.BadRequest) as caught:
        await ask(target)
    assert str(caught.value) == "400 x"
    assert caught.value.__cause__ is None


async def test_nobody_at_the_address_is_unreachable(target: Target) -> None:
    with pytest.raises(errors.Unreachable):
        await ask(replace(target, base_url="http://127.0.0.1:9/v1"))
    if target.kind in LISTING:
        with pytest.raises(errors.Unreachable):
            await adapter(target.kind).list_models(replace(target, base_url="http://127.0.0.1:9/v1"))


@pytest.mark.parametrize("place", ["before_headers", "after_headers", "mid_stream"])
async def test_silence_ends_in_time_and_is_asked_once(fake_provider: FakeProvider, target: Target, place: str) -> None:
    fake_provider.script(hang=place)
    begun = time.monotonic()
    with pytest.raises(errors.TimedOut):
        await ask(target, limits=QUICK)
    assert time.monotonic() - begun < QUICK.first_byte + QUICK.idle + 2
    assert fake_provider.counts()["requests"] == 1
    await idle(fake_provider)


async def test_a_stream_without_an_end_meets_the_total(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(text="word " * 200, rate=20)
    begun = time.monotonic()
    with pytest.raises(errors.TimedOut):
        await ask(target, limits=Limits(first_byte=9, idle=9, total=0.6))
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("clean", [False, True])
@pytest.mark.parametrize("place", ["after_headers", "mid_event", "mid_utf8", "mid_stream"])
async def test_a_cut_answer_is_broken_and_keeps_its_text(
    fake_provider: FakeProvider, target: Target, place: str, *, clean: bool
) -> None:
    fake_provider.script(text="Uma frase com ção no meio.", cut=place, clean=clean)
    events: list[Event] = []
    with pytest.raises(errors.Broken):
        await read_into(events, target)
    text = text_of(events)
    assert "Uma frase com ção no meio.".startswith(text)
    assert bool(text) == (place != "after_headers")


async def test_a_connection_cut_before_the_headers_is_unreachable(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(cut="before_headers")
    with pytest.raises(errors.Unreachable):
        await ask(target)
    assert fake_provider.counts()["requests"] == 3


@pytest.mark.parametrize("kind", ["openai_compatible", "anthropic"])
async def test_an_answer_is_whole_once_its_reason_is_known(fake_provider: FakeProvider, kind: str) -> None:
    fake_provider.script(text="All is said.", cut="before_end")
    events = await ask(fake_provider.target(kind))
    assert text_of(events) == "All is said."
    assert finish_of(events) == "stop"


async def test_a_cut_before_the_reason_is_broken_on_the_other_wires(fake_provider: FakeProvider) -> None:
    fake_provider.script(text="All is said.", cut="before_usage")
    for kind in ("openai", "anthropic"):
        with pytest.raises(errors.Broken):
            await ask(fake_provider.target(kind))


async def test_a_text_that_no_wire_can_carry_is_a_bad_request(target: Target) -> None:
    with pytest.raises(errors.BadRequest):
        await ask(target, request=question("half a character: \ud83d"))
