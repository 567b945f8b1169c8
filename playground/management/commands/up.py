"""Everything on this machine, with one command: engines, demo services, web server, workers, beat."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """The supervisor replaces this process: it needs neither Django nor its memory."""
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "playground.up"])  # noqa: S606
