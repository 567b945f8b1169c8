from typing import Any

from django.core.management.base import BaseCommand

from playground.traffic.rebuilding import rebuild


class Command(BaseCommand):
    help = "Count all ended runs again, as after a restore; the page Gateway fills up again meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(self.style.SUCCESS(f"{rebuild():,} runs and corrections are counted again."))
