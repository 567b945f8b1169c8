"""What nobody expected, as a program reads it: its vendor's shape, and nothing of ours in it."""

import asyncio
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.api_keys import issue_key
from accounts.models import User
from playground.api.views import _frames
from playground.programs import shapes
from playground.programs.errors import ApiError
from playground.runs.models import Run, RunState

QUESTION = {"model": "quick", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 50}


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/models"])
def test_a_fault_of_ours_has_the_vendors_shape(alice: User, path: str, caplog: pytest.LogCaptureFixture) -> None:
    secret = issue_key(alice, name="laptop", days=30)[1]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_apikey RENAME COLUMN sha256 TO gone")
    ask = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {secret}"}
    if path == "/v1/models":
        response = ask.get(path, headers=headers)
    else:
        response = ask.post(path, json.dumps(QUESTION), content_type="application/json", headers=headers)
    assert response.status_code == 500
    assert response.json()["error"]["type"] == "api_error"
    assert "gone" not in response.content.decode()
    assert "A program's request broke" in caplog.text


class Clumsy:
    """A writer that can say only that something broke."""

    def first(self) -> str:
        return "first"

    def piece(self, piece: object) -> str:
        raise ValueError(piece)

    last = whole = piece

    def broken(self, error: ApiError) -> str:
        return json.dumps(shapes.openai(error))


def test_a_stream_that_breaks_says_so_itself(caplog: pytest.LogCaptureFixture) -> None:
    async def told() -> list[str]:
        writer: Any = Clumsy()
        return [frame async for frame in _frames(Run(state=RunState.DONE, output="Hi"), writer)]

    first, last = asyncio.run(told())
    assert first == "first"
    assert json.loads(last)["error"]["code"] == "internal_error"
    assert "A program's request broke" in caplog.text
