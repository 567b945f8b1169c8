"""A company to try things with: its people, departments, quotas and the starter tools."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.departments import find_or_create_department
from accounts.models import Department, User
from accounts.people import disable_user
from accounts.sso import account_for, apply_mapping, map_claims
from hub.starters import load_starters
from playground.demo.people import PEOPLE
from playground.lib.money import MICRO
from playground.quota.limits import set_quota

# In units of the currency.
COMPANY_A_MONTH = 2_000
DEPARTMENTS_A_MONTH = {"Marketing": 300, "Sales": 300, "Support": 400, "Listings": 500, "IT Operations": 200}
PERSON_A_DAY = 5


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Department.objects.exists():
            raise CommandError("There is a company already; the demo company is only for an empty database.")
        people = {person.sub: self._add(person.sub, person.claims()) for person in PEOPLE}
        for person in PEOPLE:
            if not person.is_active:
                disable_user(people[person.sub], actor=None, reason="Left the company")
        self._set_quotas(list(people.values()), admin=people["dana"])
        load_starters(owner=people["carol"], department=find_or_create_department("Sales"))

    def _add(self, subject: str, claims: dict[str, object]) -> User:
        user: User = account_for(settings.OIDC_ISSUER, subject, claims).user
        return apply_mapping(user, map_claims(claims))

    def _set_quotas(self, people: list[User], *, admin: User) -> None:
        why = "Demo company"
        limit = COMPANY_A_MONTH * MICRO
        set_quota(scope="company", target=None, period="month", limit=limit, actor=admin, reason=why)
        for department in Department.objects.all():
            limit = DEPARTMENTS_A_MONTH.get(department.name, 100) * MICRO
            set_quota(scope="department", target=department, period="month", limit=limit, actor=admin, reason=why)
        for user in people:
            limit = PERSON_A_DAY * MICRO
            set_quota(scope="person", target=user, period="day", limit=limit, actor=admin, reason=why)
