"""How people are found: by words of their name, their address or their departments."""

from django.db.models import Q, QuerySet

from accounts.models import Membership, User


def find_people(query: str) -> QuerySet[User]:
    """Everybody who has every word of `query`, by name."""
    found = User.objects.order_by("first_name", "username")
    for word in query.replace("\x00", "").split():
        hers = Membership.objects.filter(department__name__icontains=word).values("user")
        found = found.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word) | Q(pk__in=hers)
        )
    return found
