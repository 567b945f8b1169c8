"""The least that can stand between a provider and a browser: python -m tests.bench.relay PORT PROVIDER_PORT.

It asks nobody who is there, keeps no money and forgets everything: the floor that our own figures are divided by.
"""

import sys

import aiohttp
import uvloop
from aiohttp import web


async def make_app(provider: int) -> web.Application:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def relay(request: web.Request) -> web.StreamResponse:
        url = f"http://127.0.0.1:{provider}/v1/chat/completions"
        async with session.post(url, data=await request.read()) as upstream:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            async for piece in upstream.content.iter_any():
                await response.write(piece)
            return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", relay)
    return app


if __name__ == "__main__":
    port, provider = int(sys.argv[1]), int(sys.argv[2])
    web.run_app(make_app(provider), host="127.0.0.1", port=port, print=None, loop=uvloop.new_event_loop(), backlog=1024)
