from typing import Any

from django.core.management.base import BaseCommand, CommandError

from playground.catalog.credentials import rotate_all


class Command(BaseCommand):
    help = "Encrypt the stored keys of providers with the first of CREDENTIAL_KEYS. Then older keys may be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        rotated, unreadable = rotate_all()
        self.stdout.write(f"{rotated} keys are encrypted with the newest of CREDENTIAL_KEYS.")
        if unreadable:
            names = ", ".join(provider.name for provider in unreadable)
            raise CommandError(f"No key in CREDENTIAL_KEYS reads those of: {names}. Enter them again on their pages.")
