"""What every test may ask for."""

pytest_plugins = [
    "tests.browser.pages",
    "tests.cast",
    "tests.catalogue",
    "tests.fake_provider",
    "tests.guards.collector",
    "tests.guards.world",
    "tests.ledger",
    "tests.runs.asking",
    "tests.stack",
]
