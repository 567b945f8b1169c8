"""Real calls to a provider that an admin asks for: does it answer, what does it list, what does a deployment say.

They belong to no run: nobody's quota pays for them, and what a test question used is written to the audit log.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.audit import record
from accounts.models import User
from playground.catalog.credentials import secret_of
from playground.catalog.errors import CredentialUnreadable
from playground.catalog.kinds import KINDS
from playground.catalog.models import Deployment, Provider
from playground.catalog.providers import offerable
from playground.catalog.routes import target_for
from playground.gateway import discovery
from playground.gateway.errors import GatewayError
from playground.gateway.types import ChatRequest, Target, Turn

QUESTION = "Answer with the one word: yes"
# The smallest that every interface accepts.
ANSWER_TOKENS = 16

# Why it failed, and what to do, for whoever keeps the providers: by the code of the error.
REASONS: dict[str, Promise] = {
    "unreachable": gettext_lazy("Nobody answers at this address. Is it right, and may this server reach it?"),
    "timed_out": gettext_lazy("It did not answer in time. Is the address right, or is it busy?"),
    "credential_rejected": gettext_lazy(
        "It does not accept the key. Was it copied whole, is it still valid and paid for, and may it use this model?"
    ),
    "model_missing": gettext_lazy("It answers, but what was asked for is not there. Many addresses end in /v1."),
    "rate_limited": gettext_lazy("It answers, and says that there are too many requests right now."),
    "overloaded": gettext_lazy("It answers, and says that it is out of order right now."),
    "broken": gettext_lazy("Something answers at this address, but not as this kind of provider does."),
    "bad_request": gettext_lazy("It answers, but does not accept the question. Is the kind of provider right?"),
    "not_installed": gettext_lazy(
        "This installation lacks an optional part. Install the extra “%(detail)s” on web servers and workers."
    ),
}
UNREADABLE = gettext_lazy(
    "Its key cannot be read. Enter it again, or set the environment variable for web servers and workers."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call went. `sentence` is for people, whether it is good news or bad."""

    sentence: str
    names: tuple[str, ...] = ()
    is_good: bool = True


def check_connection(provider: Provider, *, actor: User) -> Answer:
    """Ask for its list of models; where its kind has none, ask its first deployment a word."""
    if KINDS[provider.kind].lists_models:
        return discover(provider)
    if deployment := provider.deployments.filter(is_active=True).first():
        return ask_deployment(deployment, actor=actor)
    return Answer(_("This kind of provider has no list to ask for. Add one of its models first."), is_good=False)


def discover(provider: Provider) -> Answer:
    """What it lists, of what can be offered here."""
    return _called(provider, "", lambda target: _listed(provider, target))


def _listed(provider: Provider, target: Target) -> Answer:
    began = time.monotonic()
    names = tuple(offerable(discovery.list_models(target)))
    facts = {"provider": provider.name, "count": len(names), "seconds": f"{time.monotonic() - began:.1f}"}
    said = ngettext(
        "%(provider)s answers in %(seconds)s s and lists %(count)s model.",
        "%(provider)s answers in %(seconds)s s and lists %(count)s models.",
        len(names),
    )
    return Answer(said % facts, names)


def ask_deployment(deployment: Deployment, *, actor: User) -> Answer:
    """Ask it a word, for real: a few tokens."""
    return _called(deployment.provider, deployment.name, lambda target: _asked(deployment, target, actor))


def _asked(deployment: Deployment, target: Target, actor: User) -> Answer:
    request = ChatRequest(turns=(Turn("user", QUESTION),), max_output_tokens=ANSWER_TOKENS)
    heard = discovery.ask_once(target, request)
    record(
        actor,
        "deployment.tested",
        deployment,
        after={"input_tokens": heard.usage.input_tokens, "output_tokens": heard.usage.output_tokens},
    )
    facts = {
        "deployment": deployment,
        "seconds": f"{heard.seconds:.1f}",
        "tokens": heard.usage.input_tokens + heard.usage.output_tokens,
    }
    return Answer(_("%(deployment)s answers in %(seconds)s s. The question took %(tokens)s tokens.") % facts)


def _called(provider: Provider, name: str, call: Callable[[Target], Answer]) -> Answer:
    try:
        return call(target_for(provider, name=name, credential=secret_of(provider)))
    except CredentialUnreadable:
        return Answer(f"{provider.name}: {UNREADABLE}", is_good=False)
    except GatewayError as error:
        reason = REASONS.get(error.code, error.sentence.format(model=name or provider.name))
        return Answer(f"{provider.name}: {str(reason) % {'detail': error}}", is_good=False)
