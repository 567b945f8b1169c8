"""Make the database ready to serve: migrate, learn the providers, load the demo company into an empty one."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Department


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=1, skip_checks=True)
        call_command("sync_providers")
        if settings.DEMO and not Department.objects.exists():
            call_command("load_demo")
