"""Who a session belongs to, asked for every request: Django's and allauth's backends with the query written once."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from playground.database.compiled import Compiled

_user = Compiled(lambda pk: User.objects.filter(pk=pk))


class PasswordBackend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        return active_user(user_id)


class SignInBackend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        return active_user(user_id)


def active_user(pk: int) -> User | None:
    """Somebody who was disabled is nobody."""
    return next((user for user in _user(pk) if user.is_active), None)
