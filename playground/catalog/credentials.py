"""Provider keys at rest: encrypted with the first of settings.CREDENTIAL_KEYS, readable with any of them."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from playground.catalog.errors import CredentialUnreadable


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])


def encrypt(secret: str) -> str:
    """An empty secret stays empty: some servers want none."""
    return _keys().encrypt(secret.encode()).decode() if secret else ""


def decrypt(stored: str) -> str:
    """Raises CredentialUnreadable when none of the keys fits."""
    try:
        return _keys().decrypt(stored.encode()).decode() if stored else ""
    except InvalidToken:
        raise CredentialUnreadable from None


def rotate(stored: str) -> str:
    """The same secret, encrypted with the newest key."""
    return _keys().rotate(stored.encode()).decode() if stored else ""
