from importlib import import_module

from django.apps import AppConfig


class PlaygroundConfig(AppConfig):
    name = "playground"

    def ready(self) -> None:
        # Strings, so that importing a room loads neither Celery nor the checks.
        import_module("playground.celery")
        import_module("playground.checks")
