"""Programs sign in with a personal key, in the header their SDK uses; never with a cookie."""

from django.http import HttpRequest

from accounts.api_keys import authenticate_key
from accounts.models import ApiKey, KeyScope
from playground.programs.errors import BadBody, KeyRejected, ScopeMissing

HOW = "Make one on the page “API keys” and send it as “Authorization: Bearer …”."
# Where the SDKs of OpenAI, Anthropic and Azure put it.
HEADERS = ("x-api-key", "api-key")


def key_for(request: HttpRequest, scope: KeyScope | None = None) -> ApiKey:
    """The key that the request carries, if it may do that. Raises KeyRejected, ScopeMissing, and BadBody for two."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    sent = [bearer, *(request.headers.get(name, "") for name in HEADERS)]
    secrets = {secret.strip() for secret in sent if secret.strip()}
    if len(secrets) > 1:
        raise BadBody("Two different API keys were sent. Send exactly one.")
    if not secrets or (bearer and scheme.lower() != "bearer"):
        raise KeyRejected(f"No API key was sent. {HOW}")
    key = authenticate_key(secrets.pop())
    if key is None:
        raise KeyRejected(f"This API key is unknown, expired or revoked. {HOW}")
    if scope and scope not in key.scopes:
        raise ScopeMissing(f"This API key may not do that: it lacks the scope “{scope}”. Make one that has it.")
    return key
