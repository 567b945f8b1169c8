import asyncio

from playground.demo.provider.pace import TICK, Wheel


def test_a_clock_that_moves_on_between_two_looks_leaves_nobody_waiting() -> None:
    async def wait() -> None:
        loop = asyncio.get_running_loop()
        real = loop.time
        start = int(real() / TICK) * TICK + TICK / 2
        looks = iter([start, start + TICK])
        loop.time = lambda: next(looks, None) or real()  # type: ignore[method-assign]
        await Wheel().until(start + TICK)

    async def in_time() -> None:
        await asyncio.wait_for(wait(), timeout=2)

    asyncio.run(in_time())
