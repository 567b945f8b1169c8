"""Loaded before pytest-django reads the settings: starts the engines once, for every xdist worker, and stops them."""

import os

from tests.services import Services

os.environ.update(
    DEMO="1",
    SECRET_KEY="a-key-for-tests-only-a-key-for-tests-only-a-key-for-tests",
    CREDENTIAL_KEYS="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    COMPANY_TIME_ZONE="America/Sao_Paulo",
    REDIS_KEY_PREFIX=f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}",
)

if "PYTEST_XDIST_WORKER" not in os.environ:
    services = Services()
    services.start()

    def pytest_unconfigure() -> None:
        services.stop()
