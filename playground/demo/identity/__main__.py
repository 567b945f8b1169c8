"""python -m playground.demo.identity --port 9400"""

import argparse
import logging
import os
import signal
import sys

from werkzeug.serving import make_server

from playground.demo.identity.app import make_app


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo company's sign-in, on this machine only.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--editable", action="store_true", help="let PUT /users/<sub> change a person's claims")
    options = parser.parse_args()
    # authlib asks for HTTPS; loopback needs none.
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    make_server("127.0.0.1", options.port, make_app(editable=options.editable), threaded=True).serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
