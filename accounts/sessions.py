"""Django's database sessions, with a column for the person: `people.disable_user` ends hers by it."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from accounts.models import Session


class SessionStore(DatabaseSessionStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie may say anything; PostgreSQL must not be asked for a NUL."""
        return bool(key and key.isascii() and key.isalnum() and super()._validate_session_key(key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)  # noqa: S101
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return session
