"""The catalogue's errors.

Refusal
└── ModelUnavailable       the model is not hers, not served, or has no price
CredentialUnreadable       a stored key was encrypted with a key that is gone
"""

from playground.lib.refusal import Refusal


class ModelUnavailable(Refusal):
    code = "model_unavailable"


class CredentialUnreadable(Exception):
    """No key in CREDENTIAL_KEYS decrypts this credential: put the old key back, or enter the credential again."""
