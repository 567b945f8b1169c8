"""A provider that stamps each token with the moment it was sent: python -m tests.bench.provider PORT TOKENS RATE.

Chat completions only, 100 ms to the first token.
"""

import asyncio
import json
import sys
import time

from aiohttp import web

FIRST_TOKEN_SECONDS = 0.1


def _chunk(delta: dict[str, str], finish: str | None = None, usage: dict[str, int] | None = None) -> bytes:
    choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": finish}]
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return b"data: " + json.dumps(body | ({"usage": usage} if usage else {})).encode() + b"\n\n"


def make_app(tokens: int, rate: float) -> web.Application:
    async def complete(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        begin = time.monotonic() + FIRST_TOKEN_SECONDS
        for number in range(tokens):
            await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
            # A paragraph of fifty tokens, then a blank line: a realistic share of Markdown to render.
            end = "\n\n" if number % 50 == 49 else " "
            await response.write(_chunk({"content": f"{time.monotonic_ns() // 1000}{end}"}))
        await response.write(_chunk({}, "stop"))
        await response.write(_chunk({}, usage={"prompt_tokens": 20, "completion_tokens": tokens}))
        await response.write(b"data: [DONE]\n\n")
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    return app


if __name__ == "__main__":
    port, tokens, rate = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    web.run_app(make_app(tokens, rate), host="127.0.0.1", port=port, print=None)
