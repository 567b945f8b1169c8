from typing import Any

from django.core.management.base import BaseCommand, CommandError

from playground.quota.verify import CHECKS, verify


class Command(BaseCommand):
    help = "Add the whole money book up again; fails with the problems listed when it is not true."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = verify()
        if problems:
            raise CommandError("The ledger is not true:\n" + "\n".join(f"- {problem}" for problem in problems))
        for check in CHECKS:
            self.stdout.write(f"✓ {check.promise}")
        self.stdout.write(self.style.SUCCESS("The ledger is true."))
