"""python -m playground.demo.provider --port 8100 [--scripted]"""

import argparse

import uvicorn

from playground.demo.provider.app import Provider


def main() -> None:
    parser = argparse.ArgumentParser(prog="playground.demo.provider", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--scripted", action="store_true", help="obey POST /script; for tests only")
    options = parser.parse_args()
    uvicorn.run(
        Provider(scripted=options.scripted),
        host=options.host,
        port=options.port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
        backlog=4096,
    )


main()
