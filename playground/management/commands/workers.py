"""All Celery workers of one machine, supervised. `--queues interactive,batch,system` picks some."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queues", help="only these, parted by commas: interactive, batch, system")

    def handle(self, *args: Any, **options: Any) -> None:
        """The supervisor replaces this process: it needs neither Django nor its memory."""
        arguments = ["--queues", options["queues"]] if options["queues"] else []
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "playground.up.workers", *arguments])  # noqa: S606
