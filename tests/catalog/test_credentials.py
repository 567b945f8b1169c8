import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from playground.catalog.credentials import decrypt, encrypt, rotate
from playground.catalog.errors import CredentialUnreadable


def test_a_credential_is_not_stored_in_clear() -> None:
    assert "sk-secret" not in encrypt("sk-secret")
    assert decrypt(encrypt("sk-secret")) == "sk-secret"


def test_a_new_key_in_front_reads_old_credentials(settings: Settings) -> None:
    stored = encrypt("sk-secret")
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIAL_KEYS]
    assert decrypt(stored) == "sk-secret"


def test_a_rotated_credential_outlives_the_old_key(settings: Settings) -> None:
    stored, new = encrypt("sk-secret"), Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [new, *settings.CREDENTIAL_KEYS]
    stored = rotate(stored)
    settings.CREDENTIAL_KEYS = [new]
    assert decrypt(stored) == "sk-secret"


def test_a_credential_whose_key_is_gone_says_so(settings: Settings) -> None:
    stored = encrypt("sk-secret")
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CredentialUnreadable):
        decrypt(stored)
