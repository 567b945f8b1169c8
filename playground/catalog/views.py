"""The admins' pages of models: how they are shown, who serves them, what they cost, who answers in their place."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import role_required
from accounts.http import Request
from accounts.roles import is_admin
from playground.catalog.badges import badges_for
from playground.catalog.errors import PriceWritten
from playground.catalog.forms import DefaultsForm, DeploymentForm, FallbackForm, ModelForm
from playground.catalog.health import states
from playground.catalog.models import Deployment, Model
from playground.catalog.offering import change_deployment, change_model, set_department_defaults, set_fallbacks
from playground.catalog.price_forms import PriceForm
from playground.catalog.prices import set_price

with_deployments = Prefetch("deployments", Deployment.objects.select_related("provider").prefetch_related("prices"))


@require_GET
@role_required(is_admin)
def index(request: Request) -> HttpResponse:
    models = Model.objects.select_related("replacement").prefetch_related(with_deployments, "departments")
    rows = [(model, badges_for(model)) for model in models]
    return render(request, "playground/catalog/index.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@role_required(is_admin)
def edit_model(request: Request, slug: str) -> HttpResponse:
    model = _model(slug)
    form = ModelForm(request.POST or None, instance=model)
    if not form.is_valid():
        return _model_page(request, _model(slug), form=form, status=422 if form.is_bound else 200)
    change_model(model, actor=request.user, **form.cleaned_data)
    messages.success(request, _("%(model)s is saved.") % {"model": model.name})
    return redirect("catalog:model", slug=slug)


@require_POST
@role_required(is_admin)
def save_fallbacks(request: Request, slug: str) -> HttpResponse:
    model = _model(slug)
    form = FallbackForm(request.POST, model=model)
    if not form.is_valid():
        return _model_page(request, model, fallbacks=form, status=422)
    set_fallbacks(model, form.chains(), actor=request.user)
    messages.success(request, _("Who answers instead of %(model)s is saved.") % {"model": model.name})
    return redirect("catalog:model", slug=slug)


@require_POST
@role_required(is_admin)
def edit_deployment(request: Request, slug: str, deployment_pk: int) -> HttpResponse:
    model = _model(slug)
    deployment = get_object_or_404(model.deployments, pk=deployment_pk)
    form = DeploymentForm(request.POST, instance=deployment, auto_id=f"deployment-{deployment.pk}-%s")
    if not form.is_valid():
        return _model_page(request, model, sent=(deployment.pk, "form", form), status=422)
    change_deployment(deployment, actor=request.user, **form.cleaned_data)
    messages.success(request, _("%(deployment)s is saved.") % {"deployment": deployment})
    return redirect("catalog:model", slug=slug)


@require_POST
@role_required(is_admin)
def create_price(request: Request, slug: str, deployment_pk: int) -> HttpResponse:
    model = _model(slug)
    deployment = get_object_or_404(model.deployments, pk=deployment_pk)
    form = PriceForm(request.POST, auto_id=f"price-{deployment.pk}-%s")
    if form.is_valid():
        try:
            set_price(deployment, actor=request.user, **form.cleaned_data)
        except PriceWritten as refusal:
            form.add_error("effective_from", refusal.title)
    if not form.is_valid():
        return _model_page(request, model, sent=(deployment.pk, "price_form", form), status=422)
    messages.success(request, _("The new price of %(deployment)s is written.") % {"deployment": deployment})
    return redirect("catalog:model", slug=slug)


@require_http_methods(["GET", "POST"])
@role_required(is_admin)
def edit_defaults(request: Request) -> HttpResponse:
    form = DefaultsForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "playground/catalog/defaults.html", {"form": form}, status=status)
    set_department_defaults(form.chosen(), actor=request.user)
    messages.success(request, _("The departments’ models are saved."))
    return redirect("catalog:defaults")


def _model(slug: str) -> Model:
    return get_object_or_404(Model.objects.prefetch_related(with_deployments), slug=slug)


def _model_page(
    request: Request,
    model: Model,
    *,
    form: ModelForm | None = None,
    fallbacks: FallbackForm | None = None,
    sent: tuple[int, str, Any] = (0, "", None),
    status: int,
) -> HttpResponse:
    """The model with its places; `sent` is the form of one of them that came with a mistake."""
    places = list(model.deployments.all())
    now = states(places)
    rows = [
        {
            "deployment": one,
            "state": now.get(one.pk),
            "form": DeploymentForm(instance=one, auto_id=f"deployment-{one.pk}-%s"),
            "price_form": PriceForm(auto_id=f"price-{one.pk}-%s"),
            **({sent[1]: sent[2]} if sent[0] == one.pk else {}),
        }
        for one in places
    ]
    page = {
        "model": model,
        "badges": badges_for(model),
        "form": form or ModelForm(instance=model),
        "fallbacks": fallbacks or FallbackForm(model=model),
        "rows": rows,
    }
    return render(request, "playground/catalog/model.html", page, status=status)
