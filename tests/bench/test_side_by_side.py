"""A bench ends, whatever those who are measured do."""

import asyncio

from tests.bench.client import Seen
from tests.bench.side_by_side import ask_all


async def test_who_takes_the_question_and_never_answers_is_cut_off() -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port, seen = server.sockets[0].getsockname()[1], Seen()
    asking = ask_all([port], "key", seen, people=3, times=2, ramp=0, tokens=1, seconds=0.3)
    async with asyncio.timeout(30):
        assert not await asking
    assert (seen.answers, seen.errors) == (0, [])
    server.close()
