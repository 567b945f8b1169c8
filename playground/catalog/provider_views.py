"""The admins' pages of providers: add one, change it, ask whether it answers, and take up what it serves."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import role_required
from accounts.http import Request
from accounts.roles import is_admin
from playground.catalog.connection import UNREADABLE, Answer, ask_deployment, check_connection, discover
from playground.catalog.errors import ProviderNamed
from playground.catalog.health import states
from playground.catalog.kinds import KINDS, Preset, presets
from playground.catalog.models import Deployment, Provider
from playground.catalog.provider_forms import NamesForm, ProviderForm
from playground.catalog.providers import add_deployments, add_provider, change_provider
from playground.catalog.unreadable import unreadable


@require_GET
@role_required(is_admin)
def index(request: Request) -> HttpResponse:
    active = Count("deployments", Q(deployments__is_active=True))
    providers = list(Provider.objects.annotate(active=active).prefetch_related("deployments"))
    now = states(place for provider in providers for place in provider.deployments.all())
    rows = [
        (provider, KINDS[provider.kind].name, _worst([now.get(one.pk) for one in provider.deployments.all()]))
        for provider in providers
    ]
    return render(request, "playground/catalog/providers.html", {"rows": rows})


def _worst(found: list[Any]) -> Any:
    order = ("danger", "warning", "success")
    return min((state for state in found if state), key=lambda state: order.index(state.level), default=None)


@require_http_methods(["GET", "POST"])
@role_required(is_admin)
def create(request: Request) -> HttpResponse:
    slug = request.GET.get("preset", "")
    if slug not in presets():
        return render(request, "playground/catalog/provider_kinds.html", {"presets": presets()})
    form = _new_form(request, presets()[slug])
    if form.is_valid():
        try:
            provider = add_provider(actor=request.user, **form.values())
        except ProviderNamed as refusal:
            form.add_error("name", refusal.title)
        else:
            messages.success(request, _("%(provider)s is added. See whether it answers.") % {"provider": provider})
            return redirect("providers:provider", slug=provider.slug)
    page = {"form": form, "preset": slug}
    return render(request, "playground/catalog/provider_new.html", page, status=422 if form.is_bound else 200)


def _new_form(request: Request, preset: Preset) -> ProviderForm:
    initial = {"name": preset.name, "base_url": preset.base_url, "data_use": preset.data_use or "unknown"}
    return ProviderForm(request.POST or None, kind=preset.kind, initial=initial)


@require_http_methods(["GET", "POST"])
@role_required(is_admin)
def edit(request: Request, slug: str) -> HttpResponse:
    provider = get_object_or_404(Provider, slug=slug)
    if request.method == "GET":
        return _page(request, provider)
    form = ProviderForm(request.POST, kind=provider.kind, provider=provider)
    if not form.is_valid():
        return _page(request, provider, form=form, status=422)
    label = provider.data_use
    change_provider(provider, actor=request.user, **form.values())
    messages.success(request, _("%(provider)s is saved. It counts from the next question on.") % {"provider": provider})
    if provider.data_use != label and form.cleaned_data["data_use"] == label:
        messages.warning(request, _("At the new address its contract is not known: set the label again."))
    return redirect("providers:provider", slug=slug)


@require_POST
@role_required(is_admin)
def test(request: Request, slug: str) -> HttpResponse:
    provider = get_object_or_404(Provider, slug=slug)
    _say(request, check_connection(provider, actor=request.user))
    return redirect("providers:provider", slug=slug)


@require_POST
@role_required(is_admin)
def ask(request: Request, slug: str, deployment_pk: int) -> HttpResponse:
    deployment = get_object_or_404(Deployment.objects.select_related("provider"), pk=deployment_pk, provider__slug=slug)
    _say(request, ask_deployment(deployment, actor=request.user))
    return redirect("providers:provider", slug=slug)


@require_POST
@role_required(is_admin)
def find_models(request: Request, slug: str) -> HttpResponse:
    provider = get_object_or_404(Provider, slug=slug)
    answer = discover(provider)
    if not answer.is_good:
        _say(request, answer)
        return redirect("providers:provider", slug=slug)
    served = set(provider.deployments.filter(is_active=True).values_list("name", flat=True))
    found = [(name, name in served) for name in sorted(answer.names)]
    return _page(request, provider, found=found, gone=sorted(served - set(answer.names)))


@require_POST
@role_required(is_admin)
def add_models(request: Request, slug: str) -> HttpResponse:
    provider = get_object_or_404(Provider, slug=slug)
    form = NamesForm(request.POST)
    if not form.is_valid():
        return _page(request, provider, names=form, status=422)
    added = add_deployments(provider, form.chosen, actor=request.user)
    unpriced = sum(not deployment.prices.exists() for deployment in added)
    said = ngettext("%(count)s model is added.", "%(count)s models are added.", len(added))
    messages.success(request, said % {"count": len(added)})
    if unpriced:
        said = ngettext(
            "%(count)s waits for a price: nobody can pick it yet.",
            "%(count)s wait for a price: nobody can pick them yet.",
            unpriced,
        )
        messages.warning(request, said % {"count": unpriced})
    return redirect("providers:provider", slug=slug)


def _say(request: Request, answer: Answer) -> None:
    messages.add_message(request, messages.SUCCESS if answer.is_good else messages.ERROR, answer.sentence)


def _page(request: Request, provider: Provider, *, status: int = 200, **more: Any) -> HttpResponse:
    places = list(provider.deployments.select_related("model").prefetch_related("prices").order_by("name"))
    now = states(places)
    initial = {name: getattr(provider, name) for name in ("name", "base_url", "credential_variable", "region")}
    initial |= {name: getattr(provider, name) for name in ("data_use", "data_use_note", "is_active")}
    page = {
        "provider": provider,
        "kind": KINDS[provider.kind],
        "form": ProviderForm(kind=provider.kind, provider=provider, initial=initial),
        "rows": [(place, now.get(place.pk)) for place in places],
        "problem": UNREADABLE if provider.is_active and unreadable([provider]) else "",
        **more,
    }
    return render(request, "playground/catalog/provider.html", page, status=status)
