from typing import Any

from django.core.management.base import BaseCommand

from playground.catalog.environment import sync_providers


class Command(BaseCommand):
    help = "Bring the catalogue in line with the providers that the environment names."

    def handle(self, *args: Any, **options: Any) -> None:
        for synced in sync_providers():
            if synced.problem:
                self.stdout.write(f"{synced.name}: {synced.problem}")
            else:
                waiting = f", {synced.without_price} wait for a price" if synced.without_price else ""
                self.stdout.write(f"{synced.name}: {synced.offered} models{waiting}")
