"""Programs sign in with a personal key, in the header their SDK uses; never with a cookie."""

from django.http import HttpRequest

from accounts.api_keys import authenticate_key
from accounts.models import ApiKey
from playground.api.errors import BadBody, KeyRejected

HOW = "Make one on the page “API keys” and send it as “Authorization: Bearer …”."


def key_for(request: HttpRequest) -> ApiKey:
    """The key that the request carries. Raises KeyRejected, and BadBody for two different ones."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    secrets = {secret.strip() for secret in (bearer, request.headers.get("x-api-key", "")) if secret.strip()}
    if len(secrets) > 1:
        raise BadBody("Two different API keys were sent. Send exactly one.")
    if not secrets or (bearer and scheme.lower() != "bearer"):
        raise KeyRejected(f"No API key was sent. {HOW}")
    if key := authenticate_key(secrets.pop()):
        return key
    raise KeyRejected(f"This API key is unknown, expired or revoked. {HOW}")
