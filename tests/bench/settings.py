"""The project's own settings with one more door."""

from playground.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
