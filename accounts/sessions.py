"""Django's database sessions, with a column for the person: `people.disable_user` ends hers by it."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db.models.functions import Now

from accounts.models import Session
from playground.database.compiled import Compiled

# Asked for every request.
_open = Compiled(lambda key: Session.objects.filter(session_key=key, expire_date__gt=Now()))


class SessionStore(DatabaseSessionStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        session = next(iter(_open(self.session_key)), None)
        if session is None:
            self._session_key = None
        return session

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie may say anything; PostgreSQL must not be asked for a NUL."""
        return bool(key and key.isascii() and key.isalnum() and super()._validate_session_key(key))  # type: ignore[misc]

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)  # noqa: S101
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return session
