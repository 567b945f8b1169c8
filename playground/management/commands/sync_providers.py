from typing import Any

from django.core.management.base import BaseCommand

from playground.catalog.environment import sync_providers

# `up` shows the lines that begin so on its screen: a key was named, and nothing can be picked.
NONE_OFFERED = "! "


class Command(BaseCommand):
    help = "Bring the catalogue in line with the providers that the environment names."

    def handle(self, *args: Any, **options: Any) -> None:
        for synced in sync_providers():
            waiting = f", {synced.without_price} wait for a price" if synced.without_price else ""
            said = synced.problem or f"{synced.offered} models{waiting}"
            self.stdout.write(f"{'' if synced.offered else NONE_OFFERED}{synced.name}: {said}")
