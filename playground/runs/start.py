"""The web half: admit a question and queue it, or refuse it; and stop one. No provider is called here."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.departments import primary_department
from accounts.models import User
from playground.catalog import pricing
from playground.catalog.access import fallbacks_for
from playground.catalog.errors import ModelUnavailable
from playground.catalog.models import Model
from playground.catalog.token_rates import guess_for
from playground.gateway.types import ChatRequest
from playground.quota import ledger
from playground.runs import events, requests
from playground.runs.abilities import check_ability
from playground.runs.errors import KeyReused, NoDepartment
from playground.runs.finish import finish_queued
from playground.runs.handling import USUAL, Handling
from playground.runs.models import Run, RunState
from playground.runs.remembered import key_for, recall
from playground.runs.sending import send

# How long a reservation may stand before the ledger's own sweep takes it for forgotten: the longest wait in the
# queue, the longest run and the longest settlement, with room.
SECONDS_RESERVED = settings.RUN_TOTAL_SECONDS + 3600


def start_run(
    *,
    user: User,
    source: str,
    model: Model,
    request: requests.Request,
    tool_version: str = "",
    api_key_id: int | None = None,
    idempotency_key: str = "",
    handling: Handling = USUAL,
) -> Run:
    """Admit the request and queue it; the answer comes as events of the run.

    One transaction: the worst cost is reserved, the Run is written; the worker is woken on commit. The same
    `idempotency_key` again gives the same run. Raises a Refusal (QuotaExceeded, ModelUnavailable, …), and then
    nothing was written.
    """
    check_ability(model, request)
    stored = requests.dump(request)
    sha256 = requests.fingerprint(stored, model.slug, source, tool_version) if idempotency_key else ""
    run = Run(
        user=user,
        source=source,
        model=model,
        model_name=model.name,
        tool_version=tool_version,
        api_key_id=api_key_id,
        request=stored,
        **_counts(request, model),
        idempotency_key=idempotency_key,
        request_sha256=sha256,
        may_fall_back=handling.may_fall_back,
        on_break=handling.on_break,
        is_batch=handling.is_batch,
        cache_seconds=handling.cache_seconds,
    )
    if isinstance(request, ChatRequest):
        stored["max_output_tokens"] = run.max_output_tokens
    try:
        return _admit(run, handling)
    except IntegrityError:
        if not idempotency_key:
            raise
    earlier = Run.objects.get(user=user, idempotency_key=idempotency_key)
    if earlier.request_sha256 != sha256:
        raise KeyReused(_("This idempotency key was used for another question. Use a new one."))
    return earlier


def _counts(request: requests.Request, model: Model) -> dict[str, Any]:
    """What of the question is counted: for admission, and to learn from."""
    bound = pricing.input_bound(request)
    if not isinstance(request, ChatRequest):
        return {"input_token_bound": bound, "max_output_tokens": 0}
    guessed = guess_for(request)
    return {
        "input_token_bound": bound,
        "max_output_tokens": min(request.max_output_tokens, model.max_output_tokens),
        "input_token_guess": guessed.tokens,
        "script": guessed.script,
        "image_count": request.images,
    }


@transaction.atomic
def _admit(run: Run, handling: Handling) -> Run:
    """The row first: whoever repeats an idempotency key waits for it, and reserves nothing."""
    department = primary_department(run.user)
    if department is None:
        raise NoDepartment(_("You are in no department, so nobody would pay for this. Please ask an admin."))
    assert run.model is not None  # noqa: S101 - start_run has just set it
    run.department = department
    run.cache_key = key_for(handling, department=department, model=run.model, request=run.request or {})
    if run.cache_key and recall(run):
        run.save(force_insert=True)
        return run
    run.prices = pricing.prices_for(
        run.model, fallbacks=partial(fallbacks_for, run.user, run.model) if run.may_fall_back else None
    )
    if not run.prices:
        raise ModelUnavailable(_("%(model)s is not served by any provider right now.") % {"model": run.model_name})
    run.save(force_insert=True)
    ledger.reserve(
        run_id=run.pk,
        user=run.user,
        department=department,
        amount=pricing.worst_cost(
            run.prices, input_tokens=run.input_token_bound, output_tokens=run.max_output_tokens, images=run.image_count
        ),
        source=run.source,
        model=run.model_name,
        lifetime=SECONDS_RESERVED,
        tool_version=run.tool_version,
        api_key_id=run.api_key_id,
    )
    transaction.on_commit(partial(send, run.pk))
    return run


def cancel_run(run: Run) -> None:
    """Ask the run to stop: a queued one ends at once, a running one when its worker has closed the provider call."""
    if finish_queued(run, state=RunState.CANCELLED):
        at = events.Position()
        transaction.on_commit(partial(events.append_end, run.pk, at=at, state=RunState.CANCELLED))
    elif Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(cancel_requested_at=Now()):
        transaction.on_commit(partial(events.publish_cancel, run.pk))
