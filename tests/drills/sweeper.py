"""python -m tests.drills.sweeper: what beat and the system worker do every ten seconds, in more of a hurry."""

import logging
import time

import django

django.setup()

from django.db import DatabaseError, connections  # noqa: E402 - Django is set up only now

from playground.runs.sweep import sweep_runs  # noqa: E402

logger = logging.getLogger(__name__)


def main() -> None:
    while True:
        try:
            sweep_runs()
        except DatabaseError as error:
            logger.warning("No sweep: %s", error)
        finally:
            connections.close_all()
        time.sleep(0.5)


main()
