"""The catalogue's errors.

Refusal
├── ModelUnavailable       the model is not hers, not served, or has no price
├── ProviderNamed          another provider has that name
└── PriceWritten           a price from that moment is already written, and prices never change
CredentialUnreadable       a stored key was encrypted with a key that is gone, or a variable is not set
"""

from playground.lib.refusal import Refusal


class ModelUnavailable(Refusal):
    code = "model_unavailable"


class ProviderNamed(Refusal):
    code = "provider_named"
    status = 409


class PriceWritten(Refusal):
    code = "price_written"
    status = 409


class CredentialUnreadable(Exception):
    """No key in CREDENTIAL_KEYS decrypts this credential (put the old key back, or enter the credential again), or the
    environment lacks the variable that the provider names.
    """
