"""What a program is told when it asks for what it may not have: in the vendor's shape, and nothing is made."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.api_keys import issue_key, revoke_key
from accounts.models import User
from accounts.people import disable_user
from playground.catalog.models import Model
from playground.programs import rates
from playground.quota.limits import set_quota
from playground.runs.models import Run

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
QUESTION = {"model": "quick", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 50}


@pytest.fixture
def secret(alice: User) -> str:
    return issue_key(alice, name="laptop", days=30)[1]


def post(path: str, secret: str | None, body: Any = QUESTION, **headers: str) -> Any:
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    data = body if isinstance(body, str) else json.dumps(body)
    return Client().post(path, data, content_type="application/json", headers=headers)


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
def test_without_a_key_it_is_401(path: str, model: Model) -> None:
    response = post(path, None)
    assert response.status_code == 401
    assert "API key" in response.json()["error"]["message"]


def test_a_cookie_is_no_key(alice: User, model: Model) -> None:
    browser = Client()
    browser.force_login(alice)
    assert browser.post(CHAT, json.dumps(QUESTION), content_type="application/json").status_code == 401


@pytest.mark.parametrize("value", ["wrong", "' OR 1=1--", "x" * 5000])
def test_an_unknown_key_is_401(value: str, model: Model) -> None:
    assert post(CHAT, value).json()["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("scopes", [(), ("tools",)])
@pytest.mark.parametrize("path", [CHAT, MESSAGES, "/v1/responses", "/v1/embeddings"])
def test_a_key_that_may_not_ask_models_is_403(path: str, scopes: tuple[str, ...], alice: User, model: Model) -> None:
    _key, secret = issue_key(alice, "narrow", 30, scopes=scopes)
    assert post(path, secret, QUESTION | {"model": "unknown"}).status_code == 403


def test_two_different_keys_are_400(secret: str, alice: User, model: Model) -> None:
    other = issue_key(alice, "other", 30)[1]
    response = post(CHAT, secret, QUESTION | {"model": "unknown"}, **{"x-api-key": other})
    assert (response.status_code, "exactly one" in response.json()["error"]["message"]) == (400, True)


def test_a_key_that_asks_too_often_is_429_and_alone(
    secret: str, alice: User, model: Model, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "WINDOW", 10**9)  # no minute ends meanwhile
    settings.API_REQUESTS_PER_MINUTE = 2
    question = QUESTION | {"model": "unknown"}
    answers = [post(CHAT, secret, question) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[-1].json()["error"]["code"] == "rate_limit_exceeded"
    assert int(answers[-1]["Retry-After"]) > 0
    assert answers[-1]["x-ratelimit-remaining-requests"] == "0"
    assert post(CHAT, issue_key(alice, "other", 30)[1], question).status_code == 404


@pytest.mark.parametrize("scheme", ["Basic", "Token"])
def test_another_scheme_is_401(scheme: str, secret: str, model: Model) -> None:
    question = QUESTION | {"model": "unknown"}
    assert post(CHAT, None, question, Authorization=f"{scheme} {secret}").status_code == 401


def test_a_revoked_key_is_401(alice: User, model: Model) -> None:
    key, secret = issue_key(alice, name="laptop", days=30)
    revoke_key(key, actor=alice)
    assert post(CHAT, secret).status_code == 401


def test_the_key_of_a_disabled_person_is_401(alice: User, dana: User, secret: str, model: Model) -> None:
    disable_user(alice, actor=dana, reason="left")
    assert post(CHAT, secret).status_code == 401


def test_two_keys_at_once_are_400(secret: str, model: Model) -> None:
    assert post(CHAT, secret, **{"x-api-key": "another"}).status_code == 400


def test_the_same_key_in_both_headers_is_one(secret: str, model: Model) -> None:
    assert post(MESSAGES, secret, {"model": "x"}, **{"x-api-key": secret}).status_code == 400  # its body, not its key


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({**QUESTION, "api_base": "http://canary.example"}, "api_base"),
        ({**QUESTION, "temperature": "hot"}, "temperature"),
        ({**QUESTION, "messages": []}, "messages"),
        ({**QUESTION, "messages": [{"role": "tool", "content": "x"}]}, "messages[0].tool_call_id"),
        ({**QUESTION, "messages": [{"role": "robot", "content": "x"}]}, "messages[0]"),
        ({**QUESTION, "messages": [{"role": "user", "content": [{"type": "video"}]}]}, "messages[0].content[0]"),
        (
            {**QUESTION, "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages[0].content[0].image_url",
        ),
        ({**QUESTION, "messages": [{"role": "user", "content": "x", "tool": 1}]}, "messages[0].tool"),
        ({**QUESTION, "messages": [{"role": "system", "content": "x"}]}, "messages"),
        ({**QUESTION, "tools": [{"type": "web_search"}]}, "tools[0].type"),
        ({**QUESTION, "frequency_penalty": 1}, "frequency_penalty"),
        ({**QUESTION, "n": 2}, "n"),
        ({**QUESTION, "max_tokens": 0}, "max_tokens"),
        ({**QUESTION, "response_format": {"type": "xml"}}, "response_format.type"),
        ({"messages": QUESTION["messages"]}, "model"),
    ],
)
def test_what_is_not_understood_is_named(body: Any, param: str, secret: str, model: Model) -> None:
    response = post(CHAT, secret, body)
    assert (response.status_code, response.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("body", ["[]", "null", '{"a": NaN}', "[" * 100_000, '{"model": "\\ud800"}', "", "\x00"])
@pytest.mark.parametrize("path", [CHAT, MESSAGES])
def test_a_broken_body_is_400(path: str, body: str, secret: str, model: Model) -> None:
    assert post(path, secret, body).status_code == 400


def test_an_unknown_model_is_404(secret: str, model: Model) -> None:
    assert post(CHAT, secret, {**QUESTION, "model": "nope"}).json()["error"]["code"] == "model_not_found"


def test_get_is_405(secret: str) -> None:
    assert Client().get(CHAT).status_code == 405


@pytest.mark.usefixtures("ledger_is_true")
@pytest.mark.parametrize(("path", "kind"), [(CHAT, "insufficient_quota"), (MESSAGES, "rate_limit_error")])
def test_a_used_up_quota_is_429_with_the_time_it_resets(
    path: str, kind: str, alice: User, dana: User, secret: str, model: Model
) -> None:
    set_quota(scope="person", target=alice, period="day", limit=1, actor=dana, reason="test")
    response = post(path, secret)
    assert response.status_code == 429
    assert response.json()["error"]["type"] == kind
    assert 0 < int(response["Retry-After"]) <= 86_400
    assert not Run.objects.exists()


def test_the_models_are_those_of_the_person(alice: User, secret: str, model: Model) -> None:
    response = Client().get("/v1/models", headers={"Authorization": f"Bearer {secret}"})
    assert [row["id"] for row in response.json()["data"]] == ["quick"]
