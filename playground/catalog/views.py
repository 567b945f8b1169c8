"""The admins' pages of models and prices."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import role_required
from accounts.http import Request
from accounts.roles import is_admin
from playground.catalog.forms import ModelForm, PriceForm
from playground.catalog.models import Deployment, Model
from playground.catalog.offering import change_model
from playground.catalog.prices import set_price

with_deployments = Prefetch("deployments", Deployment.objects.select_related("provider").prefetch_related("prices"))


@require_GET
@role_required(is_admin)
def index(request: Request) -> HttpResponse:
    models = Model.objects.prefetch_related(with_deployments, "departments")
    return render(request, "playground/catalog/index.html", {"models": models})


@require_http_methods(["GET", "POST"])
@role_required(is_admin)
def edit_model(request: Request, slug: str) -> HttpResponse:
    model = _model(slug)
    form = ModelForm(request.POST or None, instance=model)
    if not form.is_valid():
        return _model_page(request, model, form, status=422 if form.is_bound else 200)
    change_model(model, actor=request.user, **form.cleaned_data)
    messages.success(request, _("%(model)s is saved.") % {"model": model.name})
    return redirect("catalog:index")


@require_POST
@role_required(is_admin)
def create_price(request: Request, slug: str, deployment_pk: int) -> HttpResponse:
    model = _model(slug)
    deployment = get_object_or_404(model.deployments, pk=deployment_pk)
    form = PriceForm(request.POST, auto_id=f"price-{deployment.pk}-%s")
    if not form.is_valid():
        return _model_page(request, model, ModelForm(instance=model), price_form=(deployment, form), status=422)
    set_price(deployment, actor=request.user, **form.cleaned_data)
    messages.success(request, _("The new price of %(deployment)s counts from now on.") % {"deployment": deployment})
    return redirect("catalog:model", slug=slug)


def _model(slug: str) -> Model:
    return get_object_or_404(Model.objects.prefetch_related(with_deployments), slug=slug)


def _model_page(
    request: Request,
    model: Model,
    form: ModelForm,
    *,
    price_form: tuple[Deployment, PriceForm] | None = None,
    status: int,
) -> HttpResponse:
    """The model with a price form for each deployment; `price_form` is the one that was sent with a mistake."""
    prices = [
        (deployment, price_form[1])
        if price_form and price_form[0] == deployment
        else (deployment, PriceForm(auto_id=f"price-{deployment.pk}-%s"))
        for deployment in model.deployments.all()
    ]
    page = {"model": model, "form": form, "prices": prices}
    return render(request, "playground/catalog/model.html", page, status=status)
