"""The official SDKs against a real server, worker and provider: what coders do."""

from collections.abc import Callable

import anthropic
import openai
import pytest
from anthropic.types import TextBlock

from accounts.api_keys import issue_key
from accounts.models import User
from playground.catalog.models import Model, Provider
from playground.runs.models import Run
from tests.fake_provider import FakeProvider
from tests.stack import Stack

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.usefixtures("ledger_is_true")]


@pytest.fixture
def secret(stack: Stack, alice: User, make_model: Callable[..., Model], fake_provider: FakeProvider) -> str:
    make_model(base_url=f"{fake_provider.base_url}/v1")
    return issue_key(alice, name="laptop", days=30)[1]


@pytest.fixture
def openai_client(stack: Stack, secret: str) -> openai.OpenAI:
    return openai.OpenAI(api_key=secret, base_url=f"{stack.url}/v1", max_retries=0)


@pytest.fixture
def anthropic_client(stack: Stack, secret: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key=secret, base_url=stack.url, max_retries=0)


def test_openai_answers(openai_client: openai.OpenAI, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Hello from the provider")
    answer = openai_client.chat.completions.create(
        model="quick", messages=[{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Hi"}]
    )
    run = Run.objects.get()
    assert answer.choices[0].message.content == "Hello from the provider" == run.output
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (run.input_tokens, run.output_tokens)
    assert run.api_key_id is not None


def test_openai_streams(openai_client: openai.OpenAI, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="One two three, ありがとう", rate=200)
    stream = openai_client.chat.completions.create(
        model="quick",
        messages=[{"role": "user", "content": "Hi"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text == "One two three, ありがとう"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None


def test_openai_is_told_when_the_provider_fails(openai_client: openai.OpenAI, fake_provider: FakeProvider) -> None:
    fake_provider.script(status=400)
    with pytest.raises(openai.APIStatusError) as caught:
        openai_client.chat.completions.create(model="quick", messages=[{"role": "user", "content": "Hi"}])
    assert caught.value.status_code == 502


def test_an_answer_that_reached_its_length_says_so(openai_client: openai.OpenAI) -> None:
    answer = openai_client.chat.completions.create(
        model="quick", messages=[{"role": "user", "content": "Tell me a lot"}], max_completion_tokens=5
    )
    assert answer.choices[0].finish_reason == "length"


def test_anthropic_answers(anthropic_client: anthropic.Anthropic, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="Hello from the provider")
    answer = anthropic_client.messages.create(
        model="quick", max_tokens=100, messages=[{"role": "user", "content": "Hi"}], system="Be brief"
    )
    assert isinstance(answer.content[0], TextBlock)
    assert answer.content[0].text == "Hello from the provider"
    assert answer.stop_reason == "end_turn"


def test_anthropic_streams(anthropic_client: anthropic.Anthropic, fake_provider: FakeProvider) -> None:
    fake_provider.script(text="One two three", rate=200)
    with anthropic_client.messages.stream(
        model="quick", max_tokens=100, messages=[{"role": "user", "content": "Hi"}]
    ) as stream:
        assert "".join(stream.text_stream) == "One two three"
        assert stream.get_final_message().usage.output_tokens == Run.objects.get().output_tokens


def test_a_model_whose_only_key_cannot_be_read_is_out_of_service(
    openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic
) -> None:
    Provider.objects.update(credential="", credential_variable="LOST_API_KEY")
    with pytest.raises(openai.InternalServerError) as caught:
        openai_client.chat.completions.create(model="quick", messages=[{"role": "user", "content": "Hi"}])
    assert (caught.value.status_code, caught.value.code) == (503, "model_unavailable")
    assert "not served" in caught.value.message
    with pytest.raises(anthropic.APIStatusError) as seen:
        anthropic_client.messages.create(model="quick", max_tokens=9, messages=[{"role": "user", "content": "Hi"}])
    assert (seen.value.status_code, seen.value.type) == (503, "overloaded_error")
    assert set(Run.objects.values_list("state", "cost")) == {("failed", 0)}


def test_the_same_idempotency_key_asks_once(openai_client: openai.OpenAI, fake_provider: FakeProvider) -> None:
    for _ in range(2):
        openai_client.chat.completions.create(
            model="quick", messages=[{"role": "user", "content": "Hi"}], extra_headers={"Idempotency-Key": "k1"}
        )
    assert Run.objects.count() == 1
