"""What of this room a person may see. Foreign is missing."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import ApiKey, User


def keys_for(user: User) -> QuerySet[ApiKey]:
    """Her keys that still work."""
    return ApiKey.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())


def key_for(user: User, pk: int) -> ApiKey:
    return get_object_or_404(ApiKey, pk=pk, user=user)
