"""Streams that are not quite, or not at all, what the protocol says."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.gateway.errors import Broken, GatewayError, Overloaded
from playground.gateway.providers.anthropic import Reading as Messages
from playground.gateway.providers.openai import Reading as Responses
from playground.gateway.providers.openai_compatible import Reading as Chat
from playground.gateway.providers.sse import Decoder
from playground.gateway.types import Event, Target
from tests.fake_provider import FakeProvider
from tests.gateway.asking import ask, finish_of, idle, read_into, text_of, usage_of

HARMLESS = [
    "comments",
    "crlf",
    "bom",
    "duplicate_id",
    "one_byte",
    "glued",
    "multi_line",
    "unknown_event",
    "long_line",
    "empty_choices",
    "wrong_types",
    "null_content",
]
BREAKING = ["bad_json", "bad_utf8", "not_object", "null", "deep", "endless_line", "no_finish", "ignores_stream"]
TEXT = "Três ideias: ção, 日本語, 👍."


@pytest.mark.parametrize("malform", HARMLESS)
async def test_oddities_do_not_touch_the_text(fake_provider: FakeProvider, target: Target, malform: str) -> None:
    if target.kind == "anthropic_bedrock" and malform in {"one_byte", "multi_line"}:
        pytest.skip("an oddity of server-sent events, which AWS does not send")
    fake_provider.script(text=TEXT, malform=malform)
    events = await ask(target)
    assert text_of(events) == TEXT
    assert finish_of(events) == "stop"
    assert usage_of(events).output_tokens > 1


@pytest.mark.parametrize("malform", BREAKING)
async def test_nonsense_is_a_broken_answer_and_never_text(
    fake_provider: FakeProvider, target: Target, malform: str
) -> None:
    fake_provider.script(text=TEXT, malform=malform)
    events: list[Event] = []
    with pytest.raises(Broken):
        await read_into(events, target)
    assert TEXT.startswith(text_of(events))
    await idle(fake_provider)


async def test_an_error_inside_a_good_stream_is_an_error(fake_provider: FakeProvider, target: Target) -> None:
    fake_provider.script(text=TEXT, malform="error_event")
    with pytest.raises(Overloaded):
        await ask(target)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["type", "choices", "delta", "usage", "message", "response", "error", "finish_reason"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.sampled_from(["message_start", "error", "length"]),
            lambda inner: (
                st.lists(inner) | st.dictionaries(st.sampled_from(["delta", "usage", "error", "code"]), inner)
            ),
        )
        | st.sampled_from(["message_delta", "message_start", "response.completed", "response.failed", "error"]),
    )
)
def test_no_message_crashes_a_reader(message: dict[str, object]) -> None:
    for reading in (Chat(), Responses(), Messages()):
        try:
            list(reading.read(message))
        except GatewayError:
            continue


@given(st.lists(st.integers(1, 40), max_size=30))
def test_the_decoder_gives_the_same_events_for_any_cut(sizes: list[int]) -> None:
    stream = 'data: {"a":"ção"}\n\n: ping\r\nevent: x\r\ndata: 1\r\ndata: 2\r\n\r\nid: 7\ndata:3\n\n'.encode()
    decoder, events, start = Decoder(), [], 0
    for size in [*sizes, len(stream)]:
        events += decoder.feed(stream[start : start + size])
        start += size
    assert events == ['{"a":"ção"}'.encode(), b"1\n2", b"3"]
