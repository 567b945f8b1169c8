"""Provider keys at rest: encrypted with the first of settings.CREDENTIAL_KEYS, readable with any of them.

A key may also stay in the environment: then the provider's row holds the name of the variable.
"""

import os
import re
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from playground.catalog.errors import CredentialUnreadable
from playground.catalog.models import Provider

# Only such names: nobody shall read SECRET_KEY or a database's password out of us by sending it to her own server.
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,80}_API_KEY")


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
    """The same secret, encrypted with the newest key. Raises CredentialUnreadable."""
    try:
        return _keys().rotate(stored.encode()).decode() if stored else ""
    except InvalidToken:
        raise CredentialUnreadable from None


def secret_of(provider: Provider) -> str:
    """The provider's key, from its row or from the environment. Raises CredentialUnreadable."""
    name = provider.credential_variable
    return _from_environment(name) if name else decrypt(provider.credential)


def _from_environment(name: str) -> str:
    """The variable, or the content of the file that the variable with `_FILE` behind its name points to."""
    try:
        secret = os.environ.get(name) or Path(os.environ[f"{name}_FILE"]).read_text().strip()
    except (KeyError, OSError):
        raise CredentialUnreadable from None
    if not VARIABLE.fullmatch(name) or not secret:
        raise CredentialUnreadable
    return secret


def rotate_all() -> tuple[int, list[Provider]]:
    """Encrypt every stored key with the newest one; says how many, and which providers' keys nobody can read."""
    rotated, unreadable = 0, []
    for provider in Provider.objects.exclude(credential=""):
        try:
            newest = rotate(provider.credential)
        except CredentialUnreadable:
            unreadable.append(provider)
            continue
        # Somebody may have entered another key meanwhile: hers stays.
        rotated += Provider.objects.filter(pk=provider.pk, credential=provider.credential).update(credential=newest)
    return rotated, unreadable
