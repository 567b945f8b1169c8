"""The project's own settings, and a count of the queries."""

from playground.settings import *  # noqa: F403
from playground.settings import MIDDLEWARE as OURS

MIDDLEWARE = ["tests.bench.counting.QueryCounter", *OURS]
